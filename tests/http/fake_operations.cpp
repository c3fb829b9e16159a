#include "tests/http/fake_operations.h"

#include "operations/dispatcher.h"

namespace ordinaut::operations {

struct Dispatcher::Schemas {};
Dispatcher::Dispatcher(Services& services) : services_(services) {}
Dispatcher::~Dispatcher() = default;

Asked& last_asked() {
    static Asked asked;
    return asked;
}

Status Dispatcher::check(const Operation&, const Call&) const { return ok(); }

void Dispatcher::invoke(const Operation& operation, Call call, Finish finish) const {
    (void)services_;
    last_asked() = {
        std::string(operation.id), to_json(call.input), call.caller.agent_id, call.if_match,
        call.idempotency_key,      call.request_id,     call.trace_id,        call.session_token};
    if (operation.id == "session.open")
        return finish(
            Reply{.status = 200, .session = SessionChange{"fresh", std::chrono::hours(1)}});
    if (operation.id == "session.end")
        return finish(Reply{.status = 204, .session = SessionChange{}});
    if (operation.id == "things.fail") return finish(internal("secret path"));
    if (operation.id == "things.throw") throw std::runtime_error("secret reason");
    if (operation.id == "things.deny") {
        Error denied{ErrorCode::kDenied, "no"};
        denied.missing_scope = "things:deny";
        return finish(denied);
    }
    finish(Reply{.status = operation.success, .body_json = to_json(call.input), .etag = "7"});
}

std::string_view name_of(Method method) {
    static constexpr std::string_view kNames[] = {"GET", "POST", "PUT", "DELETE"};
    return kNames[static_cast<size_t>(method)];
}

const std::vector<Operation>& operation_table() {
    static const std::vector<Operation> table = {
        {.id = "root.get",
         .method = Method::kGet,
         .path = "/",
         .access = Access::kPublic,
         .input = "Nothing"},
        {.id = "session.open",
         .method = Method::kPost,
         .path = "/session",
         .access = Access::kPublic,
         .page_only = true,
         .input = "Nothing"},
        {.id = "session.end",
         .method = Method::kDelete,
         .path = "/session",
         .access = Access::kPublic,
         .page_only = true,
         .input = "Nothing"},
        {.id = "things.list", .method = Method::kGet, .path = "/things", .input = "Query"},
        {.id = "things.create",
         .method = Method::kPost,
         .path = "/things",
         .input = "Thing",
         .success = 201},
        {.id = "things.stats",
         .method = Method::kGet,
         .path = "/things/stats/summary",
         .input = "Nothing"},
        {.id = "things.get", .method = Method::kGet, .path = "/things/{thing_id}", .input = "Ref"},
        {.id = "things.update",
         .method = Method::kPut,
         .path = "/things/{thing_id}",
         .input = "Thing"},
        {.id = "things.part",
         .method = Method::kGet,
         .path = "/things/{thing_id}/{part}",
         .input = "Part"},
        {.id = "tools.invoke",
         .method = Method::kPost,
         .path = "/tools/{name}/invoke",
         .input = "Invoke",
         .body_member = "input"},
        {.id = "things.fail", .method = Method::kGet, .path = "/fail", .input = "Nothing"},
        {.id = "things.throw", .method = Method::kGet, .path = "/throw", .input = "Nothing"},
        {.id = "things.deny", .method = Method::kGet, .path = "/deny", .input = "Nothing"},
    };
    return table;
}

const std::string& schema_json(std::string_view name) {
    static const std::map<std::string_view, std::string> schemas = {
        {"Nothing", R"({"type":"object"})"},
        {"Query",
         R"({"type":"object","properties":{"limit":{"type":"integer"},"success":{"type":"boolean"},
                      "ratio":{"type":"number"},"status":{"type":"string"}}})"},
        {"Thing",
         R"({"type":"object","properties":{"thing_id":{"type":"string"},"title":{"type":"string"}}})"},
        {"Ref", R"({"type":"object","properties":{"thing_id":{"type":"string"}}})"},
        {"Part",
         R"({"type":"object","properties":{"thing_id":{"type":"string"},"part":{"type":"string"}}})"},
        {"Invoke", R"({"type":"object","properties":{"name":{"type":"string"},"input":{}}})"},
    };
    return schemas.at(name);
}

}  // namespace ordinaut::operations
