// A request as it arrived and a response as it leaves: plain values.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ordinaut::http {

// Header fields in order. Names compare without regard to case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    void add(std::string name, std::string value) {
        fields_.emplace_back(std::move(name), std::move(value));
    }
    void set(std::string_view name, std::string value);    // Replaces all fields of that name.
    const std::string* find(std::string_view name) const;  // The first one, or null.
    std::string_view get(std::string_view name) const;     // Its value, or empty.
    size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

struct QueryPair {
    std::string name;
    std::string value;
};

// The path and query of a request, decoded. A segment never is "." or "..", and never holds '/',
// '\' or a control character.
struct Target {
    std::string path;                   // As sent, without the query: for logs and for forwarding.
    std::vector<std::string> segments;  // "/a/b/" → {"a", "b"} with trailing_slash; "/" → {}.
    bool trailing_slash = false;
    std::string raw_query;  // As sent, without '?'.
    std::vector<QueryPair> query;
};

struct Request {
    std::string method;  // As sent: methods are case-sensitive.
    Target target;
    Headers headers;
    std::string body;
    std::string peer;        // The client's address, without a port.
    bool http11 = true;      // False: HTTP/1.0.
    bool keep_alive = true;  // What the client asked for.
};

struct Response {
    int status = 200;
    // Content-Length, Transfer-Encoding, Connection and Date are the server's own and ignored here.
    Headers headers = {};
    std::string body = {};
};

std::string_view reason_phrase(int status);

// Methods whose answers carry a body only for GET's sake.
inline bool is_head(const Request& request) { return request.method == "HEAD"; }

}  // namespace ordinaut::http
