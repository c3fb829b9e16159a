#include "operations/answer.h"

#include "auth/scope.h"
#include "base/log.h"

namespace ordinaut::operations {

std::string text_of(const Call& call, std::string_view member, std::string_view fallback) {
    return std::string(string_or(call.input, member, fallback));
}

int64_t integer_of(const Call& call, std::string_view member, int64_t fallback) {
    const JsonValue* value = find(call.input, member);
    return value != nullptr && value->IsInt64() ? value->GetInt64() : fallback;
}

bool boolean_of(const Call& call, std::string_view member, bool fallback) {
    const JsonValue* value = find(call.input, member);
    return value != nullptr && value->IsBool() ? value->GetBool() : fallback;
}

Id id_of(const Call& call, std::string_view member) {
    std::string id = text_of(call, member);
    for (char& c : id) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
    return id;
}

store::Page page_of(const Call& call) {
    return {static_cast<int>(integer_of(call, "limit", 50)),
            static_cast<int>(integer_of(call, "offset", 0))};
}

Result<std::optional<WallTime>> time_of(const Call& call, std::string_view member) {
    const std::string text = text_of(call, member);
    if (text.empty()) return std::optional<WallTime>{};
    const auto time = parse_time(text);
    if (!time.ok()) return invalid("/" + std::string(member), time.error().message);
    return std::optional<WallTime>{*time};
}

void optional_number(JsonWriter& writer, std::string_view name, std::optional<double> value) {
    if (value)
        writer.field(name, *value);
    else
        writer.key(name).null();
}

Status may_grant(const Call& call, const std::vector<std::string>& scopes) {
    TRY(auth::check_scopes(scopes, "/scopes"));
    for (const auto& scope : auth::expand_roles(scopes)) {
        if (auth::allows(call.caller.scopes, scope)) continue;
        Error denied{ErrorCode::kDenied,
                     "you cannot give the scope '" + scope + "', which you do not have yourself"};
        denied.missing_scope = scope;
        return denied;
    }
    return ok();
}

std::vector<std::string> texts_of(const Call& call, std::string_view member) {
    std::vector<std::string> texts;
    if (const JsonValue* list = find(call.input, member))
        for (const auto& item : list->GetArray()) texts.emplace_back(view(item));
    return texts;
}

void audit(Services& services, const Call& call, std::string_view action, const Id& agent_id) {
    store::Actor by = actor(call);
    if (by.agent_id.empty()) by.agent_id = agent_id;
    if (const Status written = services.stores.system.audit(action, agent_id, "{}", by);
        !written.ok())
        log_warn("audit.write_failed", {{"action", action}, {"error", written.error().message}});
}

}  // namespace ordinaut::operations
