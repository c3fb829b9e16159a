// The Model Context Protocol as bytes: what a client of either era sends, and what comes back.
#pragma once
#include "tests/e2e/host.h"

namespace ordinaut::testing {

using Headers = std::map<std::string, std::string>;

// One client of the era of sessions: initialize was answered.
class McpSession {
public:
    explicit McpSession(HttpClient& http, const std::string& version = "2025-11-25");
    const std::string& id() const { return id_; }
    Headers headers() const;

    HttpAnswer send(const std::string& body, const Headers& more = {}) const;
    // The message that answers; `params` is JSON.
    Json ask(const std::string& method, const std::string& params = "{}") const;
    // The result of a tool call; fails the test when there is none.
    Json call(const std::string& tool, const std::string& arguments = "{}") const;

private:
    HttpClient& http_;
    std::string version_, id_;
    mutable int last_ = 0;
};

// A request of the stateless era with the headers it needs; `more` replaces or adds headers.
HttpAnswer ask_stateless(HttpClient& http, const std::string& method, const std::string& members,
                         const Headers& more = {});

// The message of an answer, which is JSON or one event stream: then the last one.
Json message_of(const HttpAnswer& answer);
int64_t error_code(const Json& message);
std::string error_text(const Json& message);
std::string text_of_result(const Json& result);

constexpr const char* kMcp = "/ext/mcp_http/mcp";

}  // namespace ordinaut::testing
