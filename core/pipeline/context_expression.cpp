#include "pipeline/context_expression.h"

#include "base/nearest.h"

namespace ordinaut::pipeline {
namespace {

constexpr std::string_view kRoots[] = {"params", "steps", "event", "task", "run", "now", "secrets"};

bool is_plain_name(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               (c >= '0' && c <= '9');
    };
    return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
           std::all_of(name.begin(), name.end(), plain);
}

std::string join(const jmespath::Path& path) {
    std::string text;
    for (const std::string& name : path) {
        if (!text.empty()) text += '.';
        text += is_plain_name(name) ? name : "\"" + name + "\"";
    }
    return text;
}

bool present(const JsonValue& context, const jmespath::Path& path) {
    const JsonValue* at = &context;
    for (const std::string& name : path)
        if (at = find(*at, name); at == nullptr) return false;
    return true;
}

// `scope.data` and the secrets in one object of the arena; both are referred to, not copied.
const JsonValue& add_secrets(const Scope& scope, jmespath::Arena& arena) {
    const auto text = [](const std::string& s) {
        return JsonValue(rapidjson::StringRef(s.data(), s.size()));
    };
    JsonValue secrets(rapidjson::kObjectType);
    if (scope.secrets != nullptr)
        for (const auto& [name, value] : *scope.secrets)
            secrets.AddMember(text(name), text(value), arena);
    auto& context = *new (arena.Malloc(sizeof(JsonValue))) JsonValue(rapidjson::kObjectType);
    for (const auto& member : scope.data->GetObject())
        context.AddMember(alias(member.name), alias(member.value), arena);
    context.AddMember("secrets", secrets, arena);
    return context;
}

Error unknown_root(const std::string& name) {
    std::string message = "unknown name '" + name + "'; ";
    if (const std::string_view near = nearest(name, {std::begin(kRoots), std::end(kRoots)});
        !near.empty())
        message += "did you mean '" + std::string(near) + "'?";
    else
        message += "a template reads params, steps, event, task, run, now or secrets";
    return Error{ErrorCode::kInvalid, std::move(message)};
}

}  // namespace

Result<ContextExpression> ContextExpression::compile(std::string_view source) {
    ContextExpression made(TRY(jmespath::Expression::parse(source)));
    made.paths_ = made.expression_.root_paths();
    for (const jmespath::Path& path : made.paths_) {
        if (path.empty()) {
            made.reads_steps_ = true;
            continue;
        }
        if (std::find(std::begin(kRoots), std::end(kRoots), path[0]) == std::end(kRoots))
            return unknown_root(path[0]);
        if (path[0] == "secrets") {
            if (path.size() < 2)
                return Error{ErrorCode::kInvalid,
                             "read one secret by its name, as in secrets.NAME"};
            made.reads_secrets_ = true;
            made.secret_names_.push_back(path[1]);
        }
        if (path[0] == "steps") {
            made.reads_steps_ = true;
            if (path.size() > 1) made.step_names_.push_back(path[1]);
        }
    }
    return made;
}

Result<const JsonValue*> ContextExpression::evaluate(const Scope& scope,
                                                     jmespath::Arena& arena) const {
    auto value =
        expression_.evaluate(reads_secrets_ ? add_secrets(scope, arena) : *scope.data, arena);
    if (!value)
        if (const auto path = missing(scope))
            value.error().message += " (" + *path + " is missing)";
    return value;
}

bool ContextExpression::is_open(const Scope& scope) const {
    return reads_steps_ &&
           std::any_of(paths_.begin(), paths_.end(), [&](const jmespath::Path& path) {
               // The step itself must be there; what is missing inside its result is missing.
               const jmespath::Path step(
                   path.begin(),
                   path.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(path.size(), 2)));
               return path.empty() ? find(*scope.data, "steps") == nullptr
                                   : path[0] == "steps" && !present(*scope.data, step);
           });
}

std::optional<std::string> ContextExpression::missing(const Scope& scope) const {
    if (expression_.has_literal_default()) return std::nullopt;
    for (const jmespath::Path& path : paths_) {
        const bool secret = !path.empty() && path[0] == "secrets";
        if (secret ? scope.secrets == nullptr || !scope.secrets->contains(path[1])
                   : !present(*scope.data, path))
            return join(path);
    }
    return std::nullopt;
}

}  // namespace ordinaut::pipeline
