// Small pieces the handlers share: who acts, what they may see, how lists are written.
#pragma once
#include "operations/operation.h"
#include "operations/services.h"

namespace ordinaut::operations {

inline store::Actor actor(const Call& call) {
    return {call.caller.agent_id, call.caller.name, call.request_id, call.trace_id,
            call.causation_depth};
}
// admin sees all; anyone else what is theirs.
inline store::OwnerFilter owner(const Call& call) {
    return call.caller.admin() ? store::OwnerFilter{} : store::OwnerFilter{call.caller.agent_id};
}

// Nobody gives rights they do not have themselves. kInvalid: an unknown scope; kDenied.
Status may_grant(const Call& call, const std::vector<std::string>& scopes);
// The strings of an array member; empty when it is absent.
std::vector<std::string> texts_of(const Call& call, std::string_view member);

std::string text_of(const Call& call, std::string_view member, std::string_view fallback = "");
int64_t integer_of(const Call& call, std::string_view member, int64_t fallback);
bool boolean_of(const Call& call, std::string_view member, bool fallback);
// An id member, lower case as rows are kept.
Id id_of(const Call& call, std::string_view member);
store::Page page_of(const Call& call);
// An RFC 3339 member, none when absent. kInvalid names it.
Result<std::optional<WallTime>> time_of(const Call& call, std::string_view member);
void optional_number(JsonWriter& writer, std::string_view name, std::optional<double> value);

// Writes what an agent did to itself (logging in and out) into the audit log; a caller who is
// nobody yet acts as that agent. A failure is logged: the login stands.
void audit(Services& services, const Call& call, std::string_view action, const Id& agent_id);

template <class Value>
std::string json_of(const Value& value) {
    JsonWriter writer;
    write_json(writer, value);
    return writer.take();
}

// {items, total, limit, offset, has_more}; `write` writes one item.
template <class Item, class Write>
std::string list_json(const store::Listing<Item>& listing, store::Page page, Write write) {
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const Item& item : listing.items) write(writer, item);
    writer.end_array()
        .field("total", listing.total)
        .field("limit", page.limit)
        .field("offset", page.offset)
        .field("has_more", page.offset + static_cast<int64_t>(listing.items.size()) < listing.total)
        .end_object();
    return writer.take();
}

}  // namespace ordinaut::operations
