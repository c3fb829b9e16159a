// Small durable values of extensions, each in its own namespace: its id. Thread-safe.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ordinaut::store {

struct KvEntry {
    std::string key;
    std::string value_json;
    int64_t revision = 0;  // 1 when made, one more with each put.
};

// What became of a change that expected a revision. `revision`: the new one, or, when it was not
// done, the one that is there (0 = there is none).
struct KvOutcome {
    bool done = false;
    int64_t revision = 0;
};

struct KvPut {
    std::string key, value_json;
    // None = whatever it is; 0 = there must be none.
    std::optional<int64_t> expected_revision = {};
    std::optional<std::chrono::milliseconds> ttl = {};  // Then it is gone. None = never.
};

struct KvPage {
    std::vector<KvEntry> entries;  // By the bytes of their keys.
    bool more = false;
};

class KvStore {
public:
    static constexpr int64_t kKeysMax = 100'000;  // Of one extension.

    virtual ~KvStore() = default;
    virtual Result<std::optional<KvEntry>> get(std::string_view extension_id,
                                               std::string_view key) = 0;
    // kTooLarge: kKeysMax are there already.
    virtual Result<KvOutcome> put(std::string_view extension_id, const KvPut& put) = 0;
    // Done with revision 0: there was nothing to erase.
    virtual Result<KvOutcome> erase(std::string_view extension_id, std::string_view key,
                                    std::optional<int64_t> expected_revision) = 0;
    // Keys that begin with `prefix` and are greater than `after`.
    virtual Result<KvPage> scan(std::string_view extension_id, std::string_view prefix,
                                std::string_view after, int limit) = 0;
};

}  // namespace ordinaut::store
