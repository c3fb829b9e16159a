#include "operations/answer.h"
#include "operations/handlers.h"

namespace ordinaut::operations {
namespace {

// The row's owner: the caller, or nobody for a shared secret, which only an admin may touch.
Result<Id> secret_owner(const Call& call) {
    if (!boolean_of(call, "shared", false)) return call.caller.agent_id;
    if (call.caller.admin()) return Id{};
    Error denied{ErrorCode::kDenied, "only an admin sets or deletes shared secrets"};
    denied.missing_scope = "admin";
    return denied;
}

void write_info(JsonWriter& writer, const store::SecretInfo& info) {
    writer.begin_object()
        .field("name", info.name)
        .field("shared", info.owner.empty())
        .field("created_at", format_time(info.created_at))
        .field("updated_at", format_time(info.updated_at))
        .end_object();
}

}  // namespace

Result<Reply> put_secret(Services& services, const Call& call) {
    const Id secret_of = TRY(secret_owner(call));
    const std::string name = text_of(call, "name");
    const std::string sealed = services.secret_box.seal(text_of(call, "value"), secret_of, name);
    TRY(services.stores.secrets.put({name, secret_of, sealed}, actor(call)));
    for (const auto& info : TRY(services.stores.secrets.list(call.caller.agent_id)))
        if (info.name == name && info.owner == secret_of) {
            JsonWriter writer;
            write_info(writer, info);
            return Reply{.body_json = writer.take()};
        }
    return not_found("the secret was deleted at the same time");
}

Result<Reply> list_secrets(Services& services, const Call& call) {
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& info : TRY(services.stores.secrets.list(call.caller.agent_id)))
        write_info(writer, info);
    return Reply{.body_json = writer.end_array().end_object().take()};
}

Result<Reply> delete_secret(Services& services, const Call& call) {
    TRY(services.stores.secrets.remove(text_of(call, "name"), TRY(secret_owner(call)),
                                       actor(call)));
    return Reply{};
}

}  // namespace ordinaut::operations
