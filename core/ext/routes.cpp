#include "ext/routes.h"

#include <algorithm>

#include "base/excerpt.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kPatternBytesMax = 500;

Status check_method(std::string_view method) {
    const bool fit = method.size() <= 32 && std::all_of(method.begin(), method.end(), [](char c) {
                         return (c >= 'A' && c <= 'Z') || c == '-';
                     });
    if (fit) return ok();
    return Error{ErrorCode::kInvalid,
                 "the method '" + std::string(method) +
                     "' must be capital letters, like GET; empty = any method"};
}

bool is_parameter_name(std::string_view name) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !name.empty() && name.size() <= 64 && letter(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

enum class Kind { kLiteral, kParameter, kRest };
struct Part {
    Kind kind;
    std::string text;  // The literal, or the parameter's name.
};

Result<std::vector<Part>> parse_pattern(std::string_view pattern) {
    const auto refuse = [&](const std::string& why) {
        return Error{ErrorCode::kInvalid, "the pattern '" + excerpt(pattern, 100) + "' " + why};
    };
    if (!pattern.starts_with('/')) return refuse("must begin with '/'");
    if (pattern.size() > kPatternBytesMax) return refuse("is longer than 500 bytes");
    std::vector<Part> parts;
    for (auto rest = pattern.substr(1); !rest.empty();) {
        const auto slash = rest.find('/');
        const auto segment = rest.substr(0, slash);
        rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
        if (parts.size() == Routes::kSegmentsMax) return refuse("has more than 32 segments");
        if (segment.empty() || segment == "." || segment == "..")
            return refuse("has an empty or a dot segment");
        if (segment == "{*}") {
            if (!rest.empty())
                return refuse("has something behind {*}, which must be its last segment");
            parts.push_back({Kind::kRest, "*"});
        } else if (segment.front() == '{' && segment.back() == '}') {
            const auto name = segment.substr(1, segment.size() - 2);
            if (!is_parameter_name(name))
                return refuse("has the parameter '" + std::string(segment) +
                              "'; write {name}: letters, digits, '_'");
            const bool twice = std::any_of(parts.begin(), parts.end(), [&](const Part& p) {
                return p.kind == Kind::kParameter && p.text == name;
            });
            if (twice) return refuse("has the parameter '" + std::string(segment) + "' twice");
            parts.push_back({Kind::kParameter, std::string(name)});
        } else {
            const bool plain = std::none_of(segment.begin(), segment.end(), [](char c) {
                return c == '{' || c == '}' || c == '?' || c == '#' || c == '\\' ||
                       static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
            });
            if (!plain)
                return refuse("has the segment '" + std::string(segment) +
                              "'; a segment is text, or one {name}, or {*}");
            parts.push_back({Kind::kLiteral, std::string(segment)});
        }
    }
    return parts;
}

void add_once(std::vector<std::string>& list, std::string_view text) {
    if (std::find(list.begin(), list.end(), text) == list.end()) list.emplace_back(text);
}

}  // namespace

std::string name_of(const Route& route) {
    return (route.method.empty() ? "any method" : route.method) + " " + route.pattern;
}

Routes::Routes() : root_(std::make_unique<Node>()) {}
Routes::~Routes() = default;
Routes::Routes(Routes&&) noexcept = default;
Routes& Routes::operator=(Routes&&) noexcept = default;

Status Routes::add(Route route) {
    TRY(check_method(route.method));
    const auto parts = TRY(parse_pattern(route.pattern));
    if (all_.size() == kRoutesMax)
        return Error{ErrorCode::kTooLarge, "there are 1,000 routes already"};
    Node* node = root_.get();
    std::vector<std::string> names;
    for (const auto& part : parts) {
        auto& next = part.kind == Kind::kLiteral ? node->literals[part.text]
                     : part.kind == Kind::kRest  ? node->rest
                                                 : node->parameter;
        if (next == nullptr) next = std::make_unique<Node>();
        node = next.get();
        if (part.kind != Kind::kLiteral) names.push_back(part.text);
    }
    for (const auto& entry : node->entries)
        if (entry->route.method == route.method)
            return conflict(name_of(route) + " is there already, as " + name_of(entry->route));
    node->entries.push_back(std::make_unique<Entry>(Entry{std::move(route), std::move(names)}));
    all_.push_back(&node->entries.back()->route);
    return ok();
}

const Routes::Node* Routes::node_of(std::string_view pattern) const {
    const auto parts = parse_pattern(pattern);
    if (!parts.ok()) return nullptr;
    const Node* node = root_.get();
    for (const auto& part : *parts) {
        if (part.kind == Kind::kLiteral) {
            const auto next = node->literals.find(part.text);
            node = next == node->literals.end() ? nullptr : next->second.get();
        } else {
            node = part.kind == Kind::kRest ? node->rest.get() : node->parameter.get();
        }
        if (node == nullptr) return nullptr;
    }
    return node;
}

const Route* Routes::same(std::string_view method, std::string_view pattern) const {
    const Node* node = node_of(pattern);
    if (node == nullptr) return nullptr;
    for (const auto& entry : node->entries)
        if (entry->route.method == method) return &entry->route;
    return nullptr;
}

bool Routes::has_pattern(std::string_view pattern) const {
    const Node* node = node_of(pattern);
    return node != nullptr && !node->entries.empty();
}

struct Routes::Search {
    std::string_view method;
    std::span<const std::string> segments;
    bool trailing_slash = false;
    std::vector<std::string> values = {};  // Of the parameters on the way.
    RouteFound found = {};
};

bool Routes::take(const Node& node, Search& search) {
    const auto with = [&](std::string_view method) -> const Entry* {
        for (const auto& entry : node.entries)
            if (entry->route.method == method) return entry.get();
        return nullptr;
    };
    const Entry* entry = with(search.method);
    if (entry == nullptr && search.method == "HEAD") entry = with("GET");
    if (entry == nullptr) entry = with("");
    if (entry != nullptr) {
        search.found = {};
        search.found.route = &entry->route;
        for (size_t n = 0; n < entry->names.size(); ++n)
            search.found.params.emplace_back(entry->names[n], std::move(search.values[n]));
        return true;
    }
    for (const auto& other : node.entries) {
        add_once(search.found.allowed, other->route.method);
        if (other->route.method == "GET") add_once(search.found.allowed, "HEAD");
        search.found.any_public = search.found.any_public || other->route.is_public;
    }
    return false;
}

// Each node is reached by one path only, so that a search costs at most as much as there are nodes.
bool Routes::visit(const Node& node, size_t at, Search& search) {
    if (at == search.segments.size()) {
        if (take(node, search)) return true;
    } else {
        if (const auto next = node.literals.find(search.segments[at]); next != node.literals.end())
            if (visit(*next->second, at + 1, search)) return true;
        if (node.parameter != nullptr && !search.segments[at].empty()) {
            search.values.push_back(search.segments[at]);
            if (visit(*node.parameter, at + 1, search)) return true;
            search.values.pop_back();
        }
    }
    if (node.rest == nullptr) return false;
    std::string rest;
    for (size_t n = at; n < search.segments.size(); ++n)
        rest.append(n == at ? "" : "/").append(search.segments[n]);
    if (search.trailing_slash && at < search.segments.size()) rest += '/';
    search.values.push_back(std::move(rest));
    if (take(*node.rest, search)) return true;
    search.values.pop_back();
    return false;
}

RouteFound Routes::find(std::string_view method, std::span<const std::string> segments,
                        bool trailing_slash) const {
    Search search{method, segments, trailing_slash};
    const bool found = visit(*root_, 0, search);
    if (!found && !search.found.allowed.empty()) add_once(search.found.allowed, "OPTIONS");
    return std::move(search.found);
}

}  // namespace ordinaut::ext
