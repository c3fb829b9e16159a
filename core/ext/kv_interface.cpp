// ord.kv: small durable state of an extension's own.
#include "base/json.h"
#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kKeyBytesMax = 512, kValueBytesMax = 256 << 10;
constexpr size_t kScanBytesMax = 4 << 20;
constexpr uint32_t kScanMax = 1000, kScanDefault = 100;

bool is_text(std::string_view text) {
    return text.size() <= kKeyBytesMax && is_utf8(text) &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
}
bool is_key(std::string_view key) { return !key.empty() && is_text(key); }

ord_status refused(Instance& instance, const std::string& why, ord_status status = ORD_E_INVALID) {
    instance.log(ORD_LOG_ERROR, "ord.kv refuses the call: " + why, {}, nullptr);
    return status;
}
ord_status invalid_key(Instance& instance) {
    return refused(instance, "a key must be 1 to 512 bytes of UTF-8 without control characters");
}

std::optional<int64_t> expected(uint64_t revision) {
    if (revision == ORD_KV_ANY) return std::nullopt;
    return static_cast<int64_t>(std::min<uint64_t>(revision, INT64_MAX));
}

LateAnswer conflict_with(int64_t revision) {
    JsonWriter writer;
    writer.begin_object()
        .field("message", revision == 0 ? "there is no such key"
                                        : "the key has revision " + std::to_string(revision))
        .field("revision", revision);
    return {ORD_E_CONFLICT, writer.end_object().take(), ""};
}

// `step` gets the store and the extension's id, on a thread that may block.
template <class Step>
ord_status ask_store(Instance& instance, uint64_t token, Step step) {
    store::KvStore* store = instance.context().seams.kv;
    if (store == nullptr) return ORD_E_UNSUPPORTED;
    return answer_later(
        instance, token,
        [store, id = instance.manifest().id, step = std::move(step)] { return step(*store, id); });
}

ord_status get(ord_handle self, const ord_kv_get* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (!is_key(text_of(given->key))) return invalid_key(instance);
        return ask_store(instance, given->token,
                         [key = std::string(text_of(given->key))](
                             store::KvStore& store, const std::string& id) -> LateAnswer {
                             const auto entry = store.get(id, key);
                             if (!entry.ok()) return late_error(entry.error());
                             if (!*entry) return late_error(not_found("there is no such key"));
                             JsonWriter writer;
                             writer.begin_object()
                                 .raw("value", (*entry)->value_json)
                                 .field("revision", (*entry)->revision);
                             return {ORD_OK, "", writer.end_object().take()};
                         });
    });
}

ord_status put(ord_handle self, const ord_kv_put* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (!is_key(text_of(given->key))) return invalid_key(instance);
        const std::string_view value = text_of(given->value_json);
        if (value.size() > kValueBytesMax)
            return refused(instance,
                           "the value has " + std::to_string(value.size()) + " bytes, at most " +
                               std::to_string(kValueBytesMax) + " are allowed",
                           ORD_E_LIMIT);
        if (const auto json = parse_json(value, {.bytes_max = kValueBytesMax}); !json.ok())
            return refused(instance, json.error().message);
        store::KvPut put{std::string(text_of(given->key)),
                         std::string(value),
                         expected(given->expected_revision),
                         {}};
        // Rounded up: what should live for a moment must not live for ever.
        constexpr uint64_t kMillisecond = 1'000'000, kTtlMax = 100ull * 366 * 24 * 3600 * 1000;
        if (given->ttl_ns != 0)
            put.ttl = std::chrono::milliseconds(
                std::min((given->ttl_ns - 1) / kMillisecond + 1, kTtlMax));
        return ask_store(
            instance, given->token,
            [put = std::move(put)](store::KvStore& store, const std::string& id) -> LateAnswer {
                const auto outcome = store.put(id, put);
                if (!outcome.ok()) return late_error(outcome.error());
                if (!outcome->done) return conflict_with(outcome->revision);
                return {ORD_OK, "", R"({"revision":)" + std::to_string(outcome->revision) + "}"};
            });
    });
}

ord_status erase(ord_handle self, const ord_kv_erase* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (!is_key(text_of(given->key))) return invalid_key(instance);
        return ask_store(
            instance, given->token,
            [key = std::string(text_of(given->key)), revision = expected(given->expected_revision)](
                store::KvStore& store, const std::string& id) -> LateAnswer {
                const auto outcome = store.erase(id, key, revision);
                if (!outcome.ok()) return late_error(outcome.error());
                if (!outcome->done) return conflict_with(outcome->revision);
                return {ORD_OK, "",
                        outcome->revision == 0 ? R"({"erased":false})" : R"({"erased":true})"};
            });
    });
}

ord_status scan(ord_handle self, const ord_kv_scan* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (!is_text(text_of(given->prefix)) || !is_text(text_of(given->after)))
            return invalid_key(instance);
        if (given->limit > kScanMax) return refused(instance, "limit must be 1 to 1000");
        const int limit = static_cast<int>(given->limit == 0 ? kScanDefault : given->limit);
        return ask_store(
            instance, given->token,
            [prefix = std::string(text_of(given->prefix)),
             after = std::string(text_of(given->after)),
             limit](store::KvStore& store, const std::string& id) -> LateAnswer {
                const auto page = store.scan(id, prefix, after, limit);
                if (!page.ok()) return late_error(page.error());
                JsonWriter writer;
                writer.begin_object().key("entries").begin_array();
                size_t bytes = 0, shown = 0;
                for (; shown < page->entries.size() && bytes < kScanBytesMax; ++shown) {
                    const auto& entry = page->entries[shown];
                    bytes += entry.value_json.size();
                    writer.begin_object()
                        .field("key", entry.key)
                        .raw("value", entry.value_json)
                        .field("revision", entry.revision)
                        .end_object();
                }
                writer.end_array().field("more", page->more || shown < page->entries.size());
                return {ORD_OK, "", writer.end_object().take()};
            });
    });
}

}  // namespace

const ord_kv_v1& kv_table() {
    static constexpr ord_kv_v1 kTable = {sizeof(ord_kv_v1), 0, get, put, erase, scan};
    return kTable;
}

}  // namespace ordinaut::ext
