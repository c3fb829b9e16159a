// The C++ side of kv.h. Included by ordinaut.hpp.
#pragma once
#include "instance.hpp"
#include "kv.h"

namespace ordinaut {

inline Token Host::kv_get(std::string_view key, OnAnswer done) const {
    Instance* const instance = instance_;
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_kv_get get{sizeof get, 0, token, to_ord(key)};
        return instance->table<ord_kv_v1>("ord.kv").get(instance->self(), &get);
    });
}

inline Token Host::kv_put(std::string_view key, std::string_view value_json, OnAnswer done,
                          const KvOptions& options) const {
    Instance* const instance = instance_;
    return instance->ask(std::move(done), [&, instance](uint64_t token) {
        const ord_kv_put put{
            sizeof put,
            0,
            token,
            options.expected_revision.value_or(ORD_KV_ANY),
            to_ord(key),
            to_ord(value_json),
            options.ttl.count() > 0 ? static_cast<uint64_t>(options.ttl.count()) : 0};
        return instance->table<ord_kv_v1>("ord.kv").put(instance->self(), &put);
    });
}

inline Token Host::kv_erase(std::string_view key, OnAnswer done,
                            std::optional<uint64_t> expected_revision) const {
    Instance* const instance = instance_;
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_kv_erase erase{sizeof erase, 0, token, expected_revision.value_or(ORD_KV_ANY),
                                 to_ord(key)};
        return instance->table<ord_kv_v1>("ord.kv").erase(instance->self(), &erase);
    });
}

inline Token Host::kv_scan(std::string_view prefix, std::string_view after, uint32_t limit,
                           OnAnswer done) const {
    Instance* const instance = instance_;
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_kv_scan scan{sizeof scan, limit, token, to_ord(prefix), to_ord(after)};
        return instance->table<ord_kv_v1>("ord.kv").scan(instance->self(), &scan);
    });
}

}  // namespace ordinaut
