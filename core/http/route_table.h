// Which operation a method and path mean. A trie over path segments; no regular expressions.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "operations/operation.h"

namespace ordinaut::http {

struct RouteMatch {
    const operations::Operation* operation = nullptr;
    std::vector<std::string> values;  // Of the path parameters, in order of the template.
    // Without an operation: the methods this path has; empty = no such path.
    std::vector<std::string> allowed;
};

// Immutable after construction; thread-safe.
class RouteTable {
public:
    // A literal segment wins over a parameter ("/runs/stats/summary" over "/runs/{run_id}").
    explicit RouteTable(const std::vector<const operations::Operation*>& operations);

    // HEAD is answered by GET.
    RouteMatch match(std::string_view method, const std::vector<std::string>& segments) const;

private:
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> parameter;
        std::vector<const operations::Operation*> operations;
    };
    static void insert(Node& root, const operations::Operation& operation);
    static const Node* walk(const Node& node, const std::vector<std::string>& segments, size_t at,
                            std::vector<std::string>& values);

    Node root_;
};

}  // namespace ordinaut::http
