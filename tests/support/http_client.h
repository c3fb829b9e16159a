// A small blocking HTTP/1.1 client for tests: one request, one whole answer.
//
//   HttpClient http("http://127.0.0.1:" + port);
//   const auto made = http.post("/tasks", body);
//   ASSERT_EQ(made.status, 201) << made.body;
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace ordinaut::testing {

struct HttpAnswer {
    int status = 0;  // 0: no answer; `error` says why.
    std::map<std::string, std::string>
        headers;  // Names in lower case; a repeated name keeps the last value.
    std::string body;
    std::string error;
};

// Keeps its connection alive between requests. Not thread-safe: one per thread.
class HttpClient {
public:
    explicit HttpClient(std::string base_url);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    void set_token(const std::string& token);  // Authorization: Bearer …; "" removes it.
    void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout; }  // 30 s at first.

    // A body without a Content-Type header is sent as application/json. Redirects are not followed.
    HttpAnswer request(const std::string& method, const std::string& path,
                       const std::string& body = {},
                       const std::map<std::string, std::string>& headers = {});
    HttpAnswer get(const std::string& path) { return request("GET", path); }
    HttpAnswer post(const std::string& path, const std::string& body) {
        return request("POST", path, body);
    }
    HttpAnswer put(const std::string& path, const std::string& body) {
        return request("PUT", path, body);
    }
    HttpAnswer del(const std::string& path) { return request("DELETE", path); }

private:
    std::string base_url_;
    std::string token_;
    std::chrono::milliseconds timeout_{30'000};
    void* curl_;
};

}  // namespace ordinaut::testing
