// An HTTP server inside the test: answers as the test says, and remembers what it was asked.
//
//   HttpStub stub([](const StubRequest& request) { return StubAnswer{200, R"({"ok":true})"}; });
//   … stub.url() … stub.requests()
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ordinaut::testing {

struct StubRequest {
    std::string method;
    std::string target;                          // Path and query as sent.
    std::map<std::string, std::string> headers;  // Names in lower case.
    std::string body;
};

struct StubAnswer {
    int status = 200;
    std::string body = "{}";
    std::map<std::string, std::string> headers =
        {};  // Content-Type: application/json unless one is given.
};

// Listens on a free port of 127.0.0.1; each connection carries one request. `answer` is called from
// one thread at a time.
class HttpStub {
public:
    explicit HttpStub(std::function<StubAnswer(const StubRequest&)> answer);
    ~HttpStub();
    HttpStub(const HttpStub&) = delete;
    HttpStub& operator=(const HttpStub&) = delete;

    std::string url() const;  // "http://127.0.0.1:<port>"
    std::vector<StubRequest> requests() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ordinaut::testing
