#include "http/route_table.h"

namespace ordinaut::http {

using operations::Operation;

RouteTable::RouteTable(const std::vector<const Operation*>& operations) {
    for (const Operation* operation : operations) insert(root_, *operation);
}

void RouteTable::insert(Node& root, const Operation& operation) {
    Node* node = &root;
    std::string_view rest = operation.path;
    while (!rest.empty() && rest != "/") {
        rest.remove_prefix(1);  // '/'
        const std::string_view segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        auto& next =
            segment.starts_with('{') ? node->parameter : node->literals[std::string(segment)];
        if (next == nullptr) next = std::make_unique<Node>();
        node = next.get();
    }
    node->operations.push_back(&operation);
}

// Depth is that of the templates, whatever the request's path is.
const RouteTable::Node* RouteTable::walk(const Node& node, const std::vector<std::string>& segments,
                                         size_t at, std::vector<std::string>& values) {
    if (at == segments.size()) return node.operations.empty() ? nullptr : &node;
    if (const auto it = node.literals.find(segments[at]); it != node.literals.end())
        if (const Node* found = walk(*it->second, segments, at + 1, values)) return found;
    if (node.parameter == nullptr || segments[at].empty()) return nullptr;
    values.push_back(segments[at]);
    if (const Node* found = walk(*node.parameter, segments, at + 1, values)) return found;
    values.pop_back();
    return nullptr;
}

RouteMatch RouteTable::match(std::string_view method,
                             const std::vector<std::string>& segments) const {
    RouteMatch match;
    const Node* node = walk(root_, segments, 0, match.values);
    if (node == nullptr) return match;
    const std::string_view wanted = method == "HEAD" ? "GET" : method;
    for (const Operation* operation : node->operations) {
        if (name_of(operation->method) == wanted) match.operation = operation;
        match.allowed.emplace_back(name_of(operation->method));
        if (operation->method == operations::Method::kGet) match.allowed.emplace_back("HEAD");
    }
    match.allowed.emplace_back("OPTIONS");
    return match;
}

}  // namespace ordinaut::http
