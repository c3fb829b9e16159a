// Which method is answered by what, in which era.
#include "server.h"

#include <algorithm>

#include "tools.h"

namespace mcp_http {
namespace {

constexpr int64_t kFreshMs = 60'000;

Json capabilities() {
    return {{"tools", {{"listChanged", true}}},
            {"resources", {{"subscribe", true}}},
            {"prompts", Json::object()},
            {"completions", Json::object()}};
}

Json with_logging() {
    Json json = capabilities();
    json.set("logging", Json::object());
    return json;
}

const char* const kInstructions =
    "Ordinaut runs tasks on a schedule. To set one up: preview_schedule to see when it would run, "
    "list_actions for what its steps can do, create_task; then run_task_now and get_run with "
    "wait_seconds to try it. To find out why something failed: list_runs with status failed, then "
    "get_run. Times are UTC unless they say otherwise; ids come from lists.";

void ping(const ServerPtr&, const ExchangePtr& exchange) { exchange->result(Json::object()); }

void discover(const ServerPtr&, const ExchangePtr& exchange) {
    answer_list(exchange,
                {{"supportedVersions", Json::array({kStatelessVersion})},
                 {"capabilities", capabilities()},
                 {"instructions", kInstructions}},
                kFreshMs);
}

void set_level(const ServerPtr&, const ExchangePtr& exchange) {
    const auto level = log_level_named(exchange->message.required_text("level"));
    if (!level)
        throw RpcError(kInvalidParams,
                       "params.level must be one of debug, info, notice, warning, error, critical, "
                       "alert, emergency");
    exchange->session()->set_log_level(*level);
    exchange->result(Json::object());
}

struct Method {
    std::string_view name;
    bool sessions, stateless;
    void (*answer)(const ServerPtr&, const ExchangePtr&);
};
constexpr Method kMethods[] = {
    {"ping", true, false, ping},
    {"server/discover", false, true, discover},
    {"tools/list", true, true, list_tools},
    {"tools/call", true, true, call_tool},
    {"resources/list", true, true, list_resources},
    {"resources/templates/list", true, true, list_templates},
    {"resources/read", true, true, read_resource},
    {"resources/subscribe", true, false, subscribe},
    {"resources/unsubscribe", true, false, unsubscribe},
    {"subscriptions/listen", false, true, listen},
    {"prompts/list", true, true, list_prompts},
    {"prompts/get", true, true, get_prompt},
    {"completion/complete", true, true, complete},
    {"logging/setLevel", true, false, set_level},
};

}  // namespace

void answer_request(const ServerPtr& server, const ExchangePtr& exchange) {
    const bool stateless = exchange->era() == Era::kStateless;
    for (const Method& method : kMethods)
        if (method.name == exchange->message.method &&
            (stateless ? method.stateless : method.sessions))
            return method.answer(server, exchange);
    throw RpcError(kMethodNotFound, "there is no method '" + exchange->message.method + "'", {},
                   stateless ? 404 : 200);
}

void take_notification(const std::shared_ptr<Session>& session, const Message& message) {
    if (message.method != "notifications/cancelled" || session == nullptr) return;
    const Json* request = message.params.find("requestId");
    if (request == nullptr) return;
    if (const auto exchange = session->in_progress(*request)) exchange->cancel();
}

std::string_view agreed_version(const Message& initialize) {
    const std::string asked = initialize.required_text("protocolVersion");
    const auto known = std::find(kSessionVersions.begin(), kSessionVersions.end(), asked);
    return known == kSessionVersions.end() ? kSessionVersions.front() : *known;
}

Json initialized(std::string_view version) {
    return {{"protocolVersion", version},
            {"capabilities", with_logging()},
            {"serverInfo", server_info()},
            {"instructions", kInstructions}};
}

RpcError refusal_of(const ordinaut::Answer& answer) {
    const bool ours = answer.status == ORD_E_INTERNAL;
    const bool later = answer.status == ORD_E_RETRYABLE || answer.status == ORD_E_DEADLINE;
    return {ours || later ? kInternalError : kInvalidParams,
            answer.message.empty() ? "the server refused the request" : answer.message};
}

void check_cursor(const Message& message) {
    const std::string cursor = message.text("cursor");
    if (!cursor.empty())
        throw RpcError(kInvalidParams,
                       "params.cursor is none of this server's: this list has one page; leave it "
                       "out");
}

void answer_list(const ExchangePtr& exchange, Json result, int64_t fresh_ms) {
    if (exchange->era() == Era::kStateless) {
        result.set("ttlMs", fresh_ms);
        result.set("cacheScope", "private");
    }
    exchange->result(std::move(result));
}

}  // namespace mcp_http
