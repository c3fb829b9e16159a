// completion/complete: ids, newest first, and time zones.
#include <algorithm>

#include "prompts.h"
#include "server.h"
#include "zones.h"

namespace mcp_http {
namespace {

constexpr size_t kValuesMax = 100;
constexpr int kLookedAt = 200;
constexpr size_t kBegunBytesMax = 200;  // Nothing that is completed is as long.

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

void answer(const ExchangePtr& exchange, const std::vector<std::string>& found, bool more) {
    Json values = Json::array();
    for (size_t n = 0; n < std::min(found.size(), kValuesMax); ++n) values.push(found[n]);
    Json completion{{"values", std::move(values)}, {"hasMore", more || found.size() > kValuesMax}};
    if (!more) completion.set("total", found.size());
    exchange->result({{"completion", std::move(completion)}});
}

void zones(const ExchangePtr& exchange, const std::string& begun) {
    const std::string wanted = lower(begun);
    std::vector<std::string> first, inside;
    for (const std::string& name : zone_names()) {
        const auto at = lower(name).find(wanted);
        if (at == 0) first.push_back(name);
        if (at != 0 && at != std::string::npos) inside.push_back(name);
    }
    first.insert(first.end(), inside.begin(), inside.end());
    answer(exchange, first, false);
}

// Ids that begin so, and those of tasks whose title has the words.
void ids(const ExchangePtr& exchange, bool of_runs, const std::string& begun) {
    exchange->core(of_runs ? "runs.list" : "tasks.list", {{"limit", kLookedAt}},
                   [exchange, wanted = lower(begun)](const ordinaut::Answer& got) {
                       if (!got.ok()) return exchange->fail(refusal_of(got));
                       const Json page = Json::parse(got.json);
                       std::vector<std::string> found;
                       for (const Json& one : page.find("items")->items()) {
                           const std::string& id = one.find("id")->as_string();
                           const Json* title = one.find("title");
                           if (id.rfind(wanted, 0) == 0 ||
                               (title != nullptr &&
                                lower(title->as_string()).find(wanted) != std::string::npos))
                               found.push_back(id);
                       }
                       answer(exchange, found, page.find("has_more")->as_bool());
                   });
}

const Json& object_of(const Message& message, std::string_view name) {
    const Json* found = message.params.find(name);
    if (found == nullptr || !found->is_object())
        throw RpcError(kInvalidParams, "params." + std::string(name) + " must be an object");
    return *found;
}

std::string text_of(const Json& object, std::string_view name) {
    const Json* found = object.find(name);
    return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

// Throws when what is completed has no such argument.
void check_reference(const Json& ref, const std::string& argument) {
    const std::string kind = text_of(ref, "type");
    if (kind == "ref/resource") {
        const std::string uri = text_of(ref, "uri");
        const bool task = uri == "ordinaut://tasks/{task_id}" && argument == "task_id";
        const bool run = uri == "ordinaut://runs/{run_id}" && argument == "run_id";
        if (task || run) return;
        throw RpcError(kInvalidParams,
                       "params.ref.uri must be ordinaut://tasks/{task_id} or "
                       "ordinaut://runs/{run_id}, and params.argument.name what is in the braces");
    }
    if (kind != "ref/prompt")
        throw RpcError(kInvalidParams, "params.ref.type must be ref/prompt or ref/resource");
    const Prompt* prompt = find_prompt(text_of(ref, "name"));
    if (prompt == nullptr)
        throw RpcError(kInvalidParams, "params.ref.name must be a prompt that prompts/list shows");
    const bool known = std::any_of(prompt->arguments.begin(), prompt->arguments.end(),
                                   [&](const auto& one) { return one.name == argument; });
    if (!known)
        throw RpcError(kInvalidParams, "params.argument.name must be an argument of the prompt");
}

}  // namespace

void complete(const ServerPtr&, const ExchangePtr& exchange) {
    const Json& argument = object_of(exchange->message, "argument");
    const std::string name = text_of(argument, "name");
    const std::string begun = text_of(argument, "value");
    check_reference(object_of(exchange->message, "ref"), name);
    if (begun.size() > kBegunBytesMax) return answer(exchange, {}, false);
    if (name == "timezone") return zones(exchange, begun);
    if (name == "task_id" || name == "run_id") return ids(exchange, name == "run_id", begun);
    answer(exchange, {}, false);
}

}  // namespace mcp_http
