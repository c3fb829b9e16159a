// One operation: its declaration (used by every surface) and its handler.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/caller.h"
#include "base/json.h"
#include "base/result.h"

namespace ordinaut::operations {

struct Services;

enum class Method { kGet, kPost, kPut, kDelete };
enum class Effect { kRead, kWrite, kDestructive };
enum class Access { kPublic, kToken };  // kPublic: answered without a token.

std::string_view name_of(Method method);

// One request for an operation, from whichever surface. Borrowed for the length of the handler; an
// asynchronous handler copies what it keeps.
struct Call {
    auth::Caller caller;
    // One object: path parameters, query and body merged; valid against the input schema.
    Json input{};
    std::string request_id;
    std::string trace_id;         // 32 hex digits, or empty.
    std::string idempotency_key;  // Empty = none.
    std::string if_match;         // The version a caller expects, without quotes; empty = any.
    // "http://host:port" as the caller sees it; for links. May be empty.
    std::string base_url;
    std::string session_token;  // Of a browser's session, whether it is valid or not; empty = none.
    int causation_depth = 0;    // Of events that are published because of it.
};

// What the browser that asked is to keep as its session; without a token: it forgets the one it
// has.
struct SessionChange {
    std::string token;
    std::chrono::seconds lives{0};
};

struct Reply {
    int status = 0;              // 0 = the operation's success status.
    std::string body_json = {};  // Empty = no body (204).
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string content_type = "application/json";
    std::string etag = {};  // Without quotes; empty = none.
    std::optional<SessionChange> session = {};
};

// Called exactly once, from any thread.
using Finish = std::function<void(Result<Reply>)>;

// Blocking work is allowed: handlers run on the work pool.
using Handler = Result<Reply> (*)(Services&, const Call&);
// Returns at once and finishes later, for calls that wait for something.
using AsyncHandler = void (*)(Services&, Call, Finish);

struct Operation {
    std::string_view id = {};  // "tasks.create"; stable, used by ord.core.
    Method method = Method::kGet;
    // "/tasks/{task_id}"; parameter names are members of the input schema.
    std::string_view path = {};
    Access access = Access::kToken;
    // What the caller needs besides being known; empty = any valid token.
    std::string_view scope = {};
    Effect effect = Effect::kRead;
    // For pages of this server alone: a request must prove that it comes from one.
    bool page_only = false;
    std::string_view tag = {};  // Section of the documentation.
    std::string_view summary = {};
    std::string_view description = {};
    // Schema name, see schemas/. GET and DELETE take it from path and query, POST and PUT from path
    // and body.
    std::string_view input = {};
    std::string_view output = {};  // Schema name of the success body; empty = none.
    int success = 200;
    // Not empty: the whole body becomes this one member of the input.
    std::string_view body_member = {};
    std::string_view example = {};  // One input (JSON) that works, for documentation.
    std::string_view cli = {};      // "task create"; empty = not a command of its own.
    std::string_view mcp = {};      // Tool name for assistants.
    // Answers with server-sent events for as long as the caller listens. The surface opens the
    // stream itself, after Dispatcher::check; the handler says where it can be had.
    bool streams = false;
    Handler handler = nullptr;  // One of the two is set.
    AsyncHandler async_handler = nullptr;
};

// The whole table, in documentation order.
const std::vector<Operation>& operation_table();
// Null when there is none.
const Operation* find_operation(std::string_view id);

// The JSON Schema with that name, with the definitions it refers to; CHECKs that it exists.
const std::string& schema_json(std::string_view name);

// The OpenAPI 3.1 document of the whole table.
std::string openapi_json(std::string_view server_url, std::string_view version);

}  // namespace ordinaut::operations
