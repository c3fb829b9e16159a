#include "store/postgres/change_store.h"

#include <charconv>

#include "base/check.h"

namespace ordinaut::store::postgres {
namespace {

// An xid8 as text.
uint64_t read_xid(Row& row) {
    const std::string text = row.text();
    uint64_t xid = 0;
    CHECK(std::from_chars(text.data(), text.data() + text.size(), xid).ec == std::errc());
    return xid;
}

ChangeNote read_change(Row& row) {
    ChangeNote note;
    note.position.xid = read_xid(row);
    note.position.sequence = row.number();
    note.type = row.text();
    note.at = row.time();
    note.owner = row.text();
    note.subject = row.text();
    note.run_id = row.text();
    note.from = row.text();
    note.to = row.text();
    note.actor = row.text();
    note.reason = row.text();
    note.trace_id = row.text();
    note.details_json = row.text();
    return note;
}

}  // namespace

Result<ChangeBounds> PgChangeStore::bounds() {
    return pool_.read([&](Transaction& tx) -> Result<ChangeBounds> {
        return read_one(tx.run("change_bounds"), [](Row& row) {
            ChangeBounds bounds;
            bounds.newest.xid = read_xid(row);
            bounds.horizon = parse_change_position(row.text()).value_or(ChangePosition{});
            return bounds;
        });
    });
}

Result<ChangePage> PgChangeStore::read(const ChangePosition& after, int limit) {
    return pool_.read([&](Transaction& tx) -> Result<ChangePage> {
        const auto rows =
            tx.run("read_changes",
                   Params().text(std::to_string(after.xid)).number(after.sequence).number(limit));
        ChangePage page;
        page.changes.reserve(static_cast<size_t>(limit));
        for (const auto& line : rows) {
            Row row(line);
            page.end = std::max(after, ChangePosition{read_xid(row), 0});
            page.held_back = row.boolean();
            if (!row.next_is_null()) page.changes.push_back(read_change(row));
        }
        page.more = page.changes.size() >= static_cast<size_t>(limit);
        if (page.more) page.end = page.changes.back().position;
        return page;
    });
}

}  // namespace ordinaut::store::postgres
