// What changed, in an order that every reader agrees on: states of runs, tasks, the queue,
// extensions. Thread-safe.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace ordinaut::store {

// A place in the order: the transaction that wrote it, then its number within the database.
// Sequence order alone is not the order of commits.
struct ChangePosition {
    uint64_t xid = 0;
    int64_t sequence = 0;
    auto operator<=>(const ChangePosition&) const = default;
};

std::string text_of(const ChangePosition& position);  // "7423-1911"
std::optional<ChangePosition> parse_change_position(std::string_view text);

struct ChangeNote {
    ChangePosition position;
    // run.<state>, task.<verb>, queue.paused, queue.resumed, extension.<verb>.
    std::string type;
    WallTime at{};
    Id owner;             // Whose task; empty: it belongs to nobody.
    std::string subject;  // The task's id, the extension's, or "queue".
    Id run_id;            // run.* only, as the four that follow.
    std::string from, to;
    std::string reason, trace_id;
    std::string actor;         // Agent id, worker name, "scheduler".
    std::string details_json;  // An object; empty for run.*.
};

// Whether an audit row with this action is a change as well.
bool is_told(std::string_view action);

struct ChangePage {
    std::vector<ChangeNote> changes;  // In order.
    ChangePosition end;               // Where to read on.
    bool more = false;                // The limit cut it off.
    // Something was committed that may not be read yet, because an older transaction still runs.
    // Nothing tells when that one ends: look again soon.
    bool held_back = false;
};

struct ChangeBounds {
    ChangePosition horizon;  // What came later can still be read.
    ChangePosition newest;   // Nothing will come before it any more.
};

class ChangeStore {
public:
    virtual ~ChangeStore() = default;

    virtual Result<ChangeBounds> bounds() = 0;
    // At most `limit` changes after `after`: all there are and ever will be up to `end`. A change
    // is told to Channel::kRuns.
    virtual Result<ChangePage> read(const ChangePosition& after, int limit) = 0;
};

}  // namespace ordinaut::store
