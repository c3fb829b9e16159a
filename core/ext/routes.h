// The routes of one extension: patterns below /ext/<id>, and which of them a request means.
//
// "/hello", "/items/{id}", "/files/{*}" ("*" is the rest, which may be empty). A literal segment
// beats a parameter, which beats a rest; a path that a better pattern has without the request's
// method still reaches the next one that has it.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ordinaut::ext {

struct Route {
    std::string method;  // Empty = any.
    std::string pattern;
    bool is_public = false;  // Answered without a token.
    uint64_t token = 0;      // The extension's own word for it.
    uint64_t body_bytes_max = UINT64_MAX;
    std::chrono::milliseconds timeout{0};  // To the answer, or its beginning; 0 = the host's.
};

struct RouteFound {
    const Route* route = nullptr;  // Lives as long as the table.
    std::vector<std::pair<std::string, std::string>> params = {};
    // Without a route: the methods this path has; empty = no such path.
    std::vector<std::string> allowed = {};
    bool any_public = false;  // Without a route: one of them is public.
};

// Filled first, read by many threads then.
class Routes {
public:
    static constexpr size_t kRoutesMax = 1000;
    static constexpr size_t kSegmentsMax = 32;

    Routes();
    ~Routes();
    Routes(Routes&&) noexcept;
    Routes& operator=(Routes&&) noexcept;

    // kInvalid: the method or the pattern, and what would be right. kConflict: the same is there.
    // kTooLarge: there are kRoutesMax.
    Status add(Route route);

    // HEAD is answered by GET where it has no route of its own.
    RouteFound find(std::string_view method, std::span<const std::string> segments,
                    bool trailing_slash) const;
    // The one with exactly this method and a pattern of this shape (names of parameters aside), or
    // null.
    const Route* same(std::string_view method, std::string_view pattern) const;
    bool has_pattern(std::string_view pattern) const;              // With any method.
    const std::vector<const Route*>& all() const { return all_; }  // In the order of add().

private:
    struct Entry {
        Route route;
        std::vector<std::string> names;  // Of its parameters, in order.
    };
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> parameter;
        std::unique_ptr<Node> rest;
        std::vector<std::unique_ptr<Entry>> entries;
    };
    struct Search;
    static bool visit(const Node& node, size_t at, Search& search);
    static bool take(const Node& node, Search& search);
    const Node* node_of(std::string_view pattern) const;

    std::unique_ptr<Node> root_;
    std::vector<const Route*> all_;
};

// "GET /items/{id}", "any method /items": how messages name it.
std::string name_of(const Route& route);

}  // namespace ordinaut::ext
