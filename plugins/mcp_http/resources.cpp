#include "resources.h"

#include "server.h"
#include "tools.h"

namespace mcp_http {
namespace {

constexpr std::string_view kTasks = "ordinaut://tasks/";
constexpr std::string_view kRuns = "ordinaut://runs/";
constexpr int kResourceNotFound = -32002;  // Before 2026-07-28.
constexpr int64_t kPage = 50;
constexpr int64_t kFreshMs = 1'000;
constexpr int64_t kTemplatesFreshMs = 3'600'000;

std::string text_of(const Json& object, std::string_view name) {
    const Json* found = object.find(name);
    return found != nullptr && found->is_string() ? found->as_string() : std::string();
}

Json listed_task(const Json& task) {
    const std::string id = text_of(task, "id");
    return {{"uri", uri_of(false, id)},
            {"name", "task " + id},
            {"title", text_of(task, "title")},
            {"description", "The task '" + text_of(task, "title") + "', which is " +
                                text_of(task, "status") + "."},
            {"mimeType", "application/json"}};
}

Json listed_run(const Json& run) {
    const std::string id = text_of(run, "id");
    return {{"uri", uri_of(true, id)},
            {"name", "run " + id},
            {"description", "A run of the task " + text_of(run, "task_id") + ", queued at " +
                                text_of(run, "created_at") + "; it was " + text_of(run, "state") +
                                " when this was listed."},
            {"mimeType", "application/json"}};
}

void add_runs(const ExchangePtr& exchange, Json resources, Json next) {
    const auto finish = [exchange, next = std::move(next)](Json all) {
        Json result{{"resources", std::move(all)}};
        if (!next.is_null()) result.set("nextCursor", next);
        answer_list(exchange, std::move(result), kFreshMs);
    };
    if (!exchange->message.text("cursor").empty()) return finish(std::move(resources));
    exchange->core("runs.list", {{"limit", kPage}},
                   [exchange, finish,
                    resources = std::move(resources)](const ordinaut::Answer& answer) mutable {
                       // Who may see no runs still sees the tasks.
                       const Json page = answer.ok() ? Json::parse(answer.json) : Json();
                       if (const Json* runs = page.find("items"))
                           for (const Json& run : runs->items()) resources.push(listed_run(run));
                       finish(std::move(resources));
                   });
}

Json template_of(std::string_view uri, const char* name, const char* title,
                 const char* description) {
    return {{"uriTemplate", uri},
            {"name", name},
            {"title", title},
            {"description", description},
            {"mimeType", "application/json"}};
}

}  // namespace

std::optional<ResourceName> resource_named(std::string_view uri) {
    const auto id_after = [&](std::string_view prefix) -> std::optional<std::string> {
        if (uri.substr(0, prefix.size()) != prefix) return std::nullopt;
        const std::string_view id = uri.substr(prefix.size());
        const bool whole = id.size() == 36 && id.find_first_not_of("0123456789abcdefABCDEF-") ==
                                                  std::string_view::npos;
        return whole ? std::optional<std::string>(id) : std::nullopt;
    };
    if (auto id = id_after(kTasks)) return ResourceName{false, *id};
    if (auto id = id_after(kRuns)) return ResourceName{true, *id};
    return std::nullopt;
}

std::string uri_of(bool is_run, const std::string& id) {
    return std::string(is_run ? kRuns : kTasks) + id;
}

Json contents_of(const ResourceName& name, const Json& value) {
    return {{"uri", uri_of(name.is_run, name.id)},
            {"mimeType", "application/json"},
            {"text", name.is_run ? shaped_run(value).text() : value.text()}};
}

void fetch(const Exchange& exchange, const ResourceName& name, ordinaut::OnAnswer done) {
    exchange.core(name.is_run ? "runs.get" : "tasks.get",
                  {{name.is_run ? "run_id" : "task_id", name.id}}, std::move(done));
}

RpcError unknown_resource(Era era, const std::string& uri) {
    return {era == Era::kStateless ? kInvalidParams : kResourceNotFound,
            "there is no resource '" + excerpt(uri, 200) +
                "' for you; resources are ordinaut://tasks/{task_id} and ordinaut://runs/{run_id}",
            {{"uri", excerpt(uri, 200)}}};
}

void list_resources(const ServerPtr&, const ExchangePtr& exchange) {
    const std::string cursor = exchange->message.text("cursor");
    const auto offset = cursor.empty() ? std::optional<int64_t>(0) : offset_of(cursor);
    if (!offset)
        throw RpcError(kInvalidParams,
                       "params.cursor must be nextCursor of an earlier page of resources/list");
    exchange->core("tasks.list", {{"limit", kPage}, {"offset", *offset}},
                   [exchange, offset = *offset](const ordinaut::Answer& answer) {
                       if (!answer.ok()) return exchange->fail(refusal_of(answer));
                       const Json page = Json::parse(answer.json);
                       Json resources = Json::array();
                       for (const Json& task : page.find("items")->items())
                           resources.push(listed_task(task));
                       const bool more = page.find("has_more")->as_bool();
                       add_runs(exchange, std::move(resources),
                                more ? Json(cursor_of(offset + kPage)) : Json());
                   });
}

void list_templates(const ServerPtr&, const ExchangePtr& exchange) {
    check_cursor(exchange->message);
    answer_list(
        exchange,
        {{"resourceTemplates",
          Json::array({template_of("ordinaut://tasks/{task_id}", "task", "A task",
                                   "One task: its schedule, its pipeline, where it stands and its "
                                   "latest run."),
                       template_of("ordinaut://runs/{run_id}", "run", "A run",
                                   "One run: its status, output, error and steps.")})}},
        kTemplatesFreshMs);
}

void read_resource(const ServerPtr&, const ExchangePtr& exchange) {
    const std::string uri = exchange->message.required_text("uri");
    const auto name = resource_named(uri);
    if (!name) throw unknown_resource(exchange->era(), uri);
    fetch(*exchange, *name, [exchange, uri, name = *name](const ordinaut::Answer& answer) {
        if (answer.status == ORD_E_NOT_FOUND)
            return exchange->fail(unknown_resource(exchange->era(), uri));
        if (!answer.ok()) return exchange->fail(refusal_of(answer));
        answer_list(exchange,
                    {{"contents", Json::array({contents_of(name, Json::parse(answer.json))})}}, 0);
    });
}

void subscribe(const ServerPtr&, const ExchangePtr& exchange) {
    const std::string uri = exchange->message.required_text("uri");
    const auto name = resource_named(uri);
    if (!name) throw unknown_resource(exchange->era(), uri);
    fetch(*exchange, *name, [exchange, uri](const ordinaut::Answer& answer) {
        if (answer.status == ORD_E_NOT_FOUND)
            return exchange->fail(unknown_resource(exchange->era(), uri));
        if (!answer.ok()) return exchange->fail(refusal_of(answer));
        if (!exchange->session()->subscribe(uri))
            return exchange->fail(
                RpcError(kInvalidRequest, "this session has 1,000 subscriptions; end some first"));
        exchange->result(Json::object());
    });
}

void unsubscribe(const ServerPtr&, const ExchangePtr& exchange) {
    exchange->session()->unsubscribe(exchange->message.required_text("uri"));
    exchange->result(Json::object());
}

}  // namespace mcp_http
