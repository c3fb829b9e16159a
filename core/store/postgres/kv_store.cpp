#include "store/postgres/kv_store.h"

namespace ordinaut::store::postgres {
namespace {

Params& optional_number(Params& params, const std::optional<int64_t>& value) {
    return value ? params.number(*value) : params.null();
}

int64_t revision_there(Transaction& tx, std::string_view extension_id, std::string_view key) {
    const auto rows = tx.run("kv_get", Params().text(extension_id).text(key));
    return rows.empty() ? 0 : read_one(rows, [](Row& row) { return row.skip(1).number(); });
}

}  // namespace

Result<std::optional<KvEntry>> PgKvStore::get(std::string_view extension_id, std::string_view key) {
    return pool_.read([&](Transaction& tx) -> Result<std::optional<KvEntry>> {
        const auto rows = tx.run("kv_get", Params().text(extension_id).text(key));
        if (rows.empty()) return std::optional<KvEntry>();
        return read_one(rows, [&](Row& row) -> std::optional<KvEntry> {
            KvEntry entry;
            entry.key = key;
            entry.value_json = row.text();
            entry.revision = row.number();
            return entry;
        });
    });
}

Result<KvOutcome> PgKvStore::put(std::string_view extension_id, const KvPut& put) {
    return pool_.transact([&](Transaction& tx) -> Result<KvOutcome> {
        Params params;
        params.text(extension_id).text(put.key).text(put.value_json);
        optional_number(params, put.expected_revision);
        optional_number(params, put.ttl ? std::optional<int64_t>(put.ttl->count()) : std::nullopt);
        const auto rows = tx.run("kv_put", params);
        if (rows.empty()) return KvOutcome{false, revision_there(tx, extension_id, put.key)};
        const KvOutcome outcome{true, read_one(rows, [](Row& row) { return row.number(); })};
        if (outcome.revision > 1) return outcome;
        const int64_t keys =
            read_one(tx.run("kv_count", Params().text(extension_id).number(kKeysMax + 1)),
                     [](Row& row) { return row.number(); });
        if (keys > kKeysMax)
            return Error{ErrorCode::kTooLarge,
                         "an extension keeps at most " + std::to_string(kKeysMax) + " keys"};
        return outcome;
    });
}

Result<KvOutcome> PgKvStore::erase(std::string_view extension_id, std::string_view key,
                                   std::optional<int64_t> expected_revision) {
    return pool_.transact([&](Transaction& tx) -> Result<KvOutcome> {
        Params params;
        params.text(extension_id).text(key);
        const auto rows = tx.run("kv_erase", optional_number(params, expected_revision));
        if (!rows.empty())
            return KvOutcome{true, read_one(rows, [](Row& row) { return row.number(); })};
        const int64_t there = revision_there(tx, extension_id, key);
        return KvOutcome{there == 0 && expected_revision.value_or(0) == 0, there};
    });
}

Result<KvPage> PgKvStore::scan(std::string_view extension_id, std::string_view prefix,
                               std::string_view after, int limit) {
    return pool_.read([&](Transaction& tx) -> Result<KvPage> {
        KvPage page;
        page.entries =
            read_all(tx.run("kv_scan",
                            Params().text(extension_id).text(prefix).text(after).number(limit + 1)),
                     [](Row& row) {
                         KvEntry entry;
                         entry.key = row.text();
                         entry.value_json = row.text();
                         entry.revision = row.number();
                         return entry;
                     });
        page.more = page.entries.size() > static_cast<size_t>(limit);
        if (page.more) page.entries.pop_back();
        return page;
    });
}

}  // namespace ordinaut::store::postgres
