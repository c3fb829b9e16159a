// The fake host's C functions: ord.kv and ord.metrics.
#pragma once
#include "ordinaut/kv.h"
#include "ordinaut/metrics.h"
#include "tables.hpp"

namespace ordinaut::testing::tables {

inline bool good_key(const std::string& key) {
    return !key.empty() && key.size() <= 512 && std::none_of(key.begin(), key.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
    });
}
// Opens the call `token` and answers it with what `step` makes under the lock, or with what
// fail_next() prepared.
template <class Step>
ord_status answer_kv(Engine& engine, const char* function, uint64_t token, const std::string& key,
                     Step step) {
    if (!good_key(key)) return ORD_E_INVALID;
    if (const ord_status status = engine.ask(token); status != ORD_OK) return status;
    auto reply = engine.prepared(function);
    if (!reply) {
        const std::lock_guard lock(engine.mutex);
        const auto found = engine.kv.find(key);
        if (found != engine.kv.end() && found->second.expires_ns != 0 &&
            found->second.expires_ns <= engine.now_ns)
            engine.kv.erase(found);
        reply = step();
    }
    engine.answer(token, *reply);
    return ORD_OK;
}
inline Reply another_revision(uint64_t there) {
    return {ORD_E_CONFLICT, {}, "another revision is there: " + std::to_string(there)};
}
inline uint64_t revision_of(Engine& engine, const std::string& key) {
    const auto found = engine.kv.find(key);
    return found == engine.kv.end() ? 0 : found->second.revision;
}
inline ord_status kv_get(ord_handle self, const ord_kv_get* get) {
    return with(self, get, "ord_kv_get", [&](Engine& engine) {
        const std::string key = from_c(get->key);
        return answer_kv(engine, "kv.get", get->token, key, [&]() -> Reply {
            const auto found = engine.kv.find(key);
            if (found == engine.kv.end()) return {ORD_E_NOT_FOUND, {}, "there is no such key"};
            return {ORD_OK, "{\"value\":" + found->second.value_json +
                                ",\"revision\":" + std::to_string(found->second.revision) + "}"};
        });
    });
}
inline ord_status kv_put(ord_handle self, const ord_kv_put* put) {
    return with(self, put, "ord_kv_put", [&](Engine& engine) -> ord_status {
        const std::string key = from_c(put->key), value = from_c(put->value_json);
        if (value.size() > (256u << 10)) return ORD_E_LIMIT;
        if (!JsonScan::valid(value)) return ORD_E_INVALID;
        return answer_kv(engine, "kv.put", put->token, key, [&]() -> Reply {
            const uint64_t there = revision_of(engine, key);
            if (put->expected_revision != ORD_KV_ANY && put->expected_revision != there)
                return another_revision(there);
            engine.kv[key] = {value, there + 1, put->ttl_ns == 0 ? 0 : engine.now_ns + put->ttl_ns};
            return {ORD_OK, "{\"revision\":" + std::to_string(there + 1) + "}"};
        });
    });
}
inline ord_status kv_erase(ord_handle self, const ord_kv_erase* erase) {
    return with(self, erase, "ord_kv_erase", [&](Engine& engine) {
        const std::string key = from_c(erase->key);
        return answer_kv(engine, "kv.erase", erase->token, key, [&]() -> Reply {
            const uint64_t there = revision_of(engine, key);
            if (erase->expected_revision != ORD_KV_ANY && erase->expected_revision != there)
                return another_revision(there);
            return {ORD_OK, engine.kv.erase(key) == 1 ? "{\"erased\":true}" : "{\"erased\":false}"};
        });
    });
}
inline ord_status kv_scan(ord_handle self, const ord_kv_scan* scan) {
    return with(self, scan, "ord_kv_scan", [&](Engine& engine) -> ord_status {
        const std::string prefix = from_c(scan->prefix), after = from_c(scan->after);
        const uint32_t limit = scan->limit == 0 ? 100 : scan->limit;
        if (limit > 1000) return ORD_E_INVALID;
        return answer_kv(engine, "kv.scan", scan->token, "scan", [&]() -> Reply {
            std::string entries;
            uint32_t count = 0;
            bool more = false;
            for (const auto& [key, entry] : engine.kv) {
                if (key.compare(0, prefix.size(), prefix) != 0 || key <= after) continue;
                if (entry.expires_ns != 0 && entry.expires_ns <= engine.now_ns) continue;
                more = count == limit;
                if (more) break;
                if (count++ > 0) entries += ",";
                entries += "{\"key\":" + json_quoted(key) + ",\"value\":" + entry.value_json +
                           ",\"revision\":" + std::to_string(entry.revision) + "}";
            }
            return {ORD_OK,
                    "{\"entries\":[" + entries + "],\"more\":" + (more ? "true" : "false") + "}"};
        });
    });
}

// ── ord.metrics ──
inline ord_status define_metric(ord_handle self, const ord_metric_spec* spec, ord_handle* metric) {
    return with(self, spec, "ord_metric_spec", [&](Engine& engine) -> ord_status {
        const std::string name = from_c(spec->name);
        if (metric == nullptr || name.empty() || spec->kind > ORD_METRIC_HISTOGRAM ||
            spec->n_labels > 8)
            return ORD_E_INVALID;
        std::vector<std::string> labels;
        for (uint32_t n = 0; n < spec->n_labels; ++n) labels.push_back(from_c(spec->labels[n]));
        const std::lock_guard lock(engine.mutex);
        for (const auto& [handle, family] : engine.metrics) {
            if (family.name != name) continue;
            if (family.kind != spec->kind || family.labels != labels) return ORD_E_CONFLICT;
            return *metric = handle, ORD_OK;
        }
        *metric = engine.new_handle();
        engine.metrics[*metric] = {name, spec->kind, labels, {}, {}};
        return ORD_OK;
    });
}
inline ord_status record_metric(ord_handle self, const ord_metric_sample* sample) {
    return with(self, sample, "ord_metric_sample", [&](Engine& engine) -> ord_status {
        const std::lock_guard lock(engine.mutex);
        const auto found = engine.metrics.find(sample->metric);
        if (found == engine.metrics.end()) return ORD_E_HANDLE;
        auto& family = found->second;
        const bool counts = family.kind == ORD_METRIC_COUNTER;
        if (sample->n_values != family.labels.size() || sample->value != sample->value ||
            (counts && sample->value < 0))
            return ORD_E_INVALID;
        std::vector<std::string> values;
        for (uint32_t n = 0; n < sample->n_values; ++n) values.push_back(from_c(sample->values[n]));
        auto& value = family.values[values];
        value = family.kind == ORD_METRIC_GAUGE ? sample->value : value + sample->value;
        ++family.counts[values];
        return ORD_OK;
    });
}
inline ord_status collect_metrics(ord_handle self, ord_buf* out) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        static const char* const kKinds[] = {"counter", "gauge", "histogram"};
        std::string all;
        {
            const std::lock_guard lock(engine.mutex);
            for (const auto& [handle, family] : engine.metrics) {
                std::string samples;
                for (const auto& [values, value] : family.values) {
                    std::string labels;
                    for (size_t n = 0; n < values.size(); ++n)
                        labels += (n > 0 ? "," : "") + json_quoted(family.labels[n]) + ":" +
                                  json_quoted(values[n]);
                    samples += (samples.empty() ? "" : ",") + ("{\"labels\":{" + labels) +
                               "},\"value\":" + std::to_string(value) + "}";
                }
                all += (all.empty() ? "" : ",") + ("{\"name\":" + json_quoted(family.name)) +
                       ",\"kind\":\"" + kKinds[family.kind] + "\",\"help\":\"\",\"samples\":[" +
                       samples + "]}";
            }
        }
        return *out = engine.make_buffer("[" + all + "]"), ORD_OK;
    });
}

}  // namespace ordinaut::testing::tables
