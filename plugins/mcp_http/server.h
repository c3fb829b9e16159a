// The methods of the protocol, once for both eras.
#pragma once
#include "exchange.h"

namespace mcp_http {

// Thread-safe. What all requests share.
struct Server {
    explicit Server(ordinaut::Host h) : host(h), sessions(h) {}
    ordinaut::Host host;
    Sessions sessions;
};
using ServerPtr = std::shared_ptr<Server>;

// Answers a request of its era, now or later. RpcError: the answer, -32601 for a method the era
// does not have.
void answer_request(const ServerPtr& server, const ExchangePtr& exchange);
// Nothing is answered; what is not known is left alone.
void take_notification(const std::shared_ptr<Session>& session, const Message& message);

// What initialize answers, and with which version.
std::string_view agreed_version(const Message& initialize);
Json initialized(std::string_view version);

// A refusal of the server as the answer of a request that is no tool call.
RpcError refusal_of(const ordinaut::Answer& answer);

// Lists of one page: RpcError -32602 when a cursor is given that is none of ours.
void check_cursor(const Message& message);
// A list's result with the caching hints of the stateless era.
void answer_list(const ExchangePtr& exchange, Json result, int64_t fresh_ms);

// tool_methods.cpp
void list_tools(const ServerPtr& server, const ExchangePtr& exchange);
// The headers Mcp-Param-… of a tool whose arguments say "x-mcp-header". RpcError -32020, HTTP 400.
void check_param_headers(const ordinaut::Request& request, const Message& message);
void call_tool(const ServerPtr& server, const ExchangePtr& exchange);

// resources.cpp
void list_resources(const ServerPtr& server, const ExchangePtr& exchange);
void list_templates(const ServerPtr& server, const ExchangePtr& exchange);
void read_resource(const ServerPtr& server, const ExchangePtr& exchange);
void subscribe(const ServerPtr& server, const ExchangePtr& exchange);
void unsubscribe(const ServerPtr& server, const ExchangePtr& exchange);

// prompts.cpp
void list_prompts(const ServerPtr& server, const ExchangePtr& exchange);
void get_prompt(const ServerPtr& server, const ExchangePtr& exchange);

// listen.cpp
void listen(const ServerPtr& server, const ExchangePtr& exchange);

// completions.cpp
void complete(const ServerPtr& server, const ExchangePtr& exchange);

}  // namespace mcp_http
