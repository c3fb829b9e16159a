// From a request to an operation's input: path parameters, query and body merged into one JSON
// object.
#pragma once
#include <map>
#include <vector>

#include "http/message.h"
#include "operations/operation.h"

namespace ordinaut::http {

// What one operation takes and from where. Immutable; thread-safe.
class InputReader {
public:
    explicit InputReader(const operations::Operation& operation);

    // `path_values` in the order of the template. Query text becomes what the schema says (integer,
    // number, boolean). kMalformed: the body is not JSON, or there is one where none is taken.
    // kUnsupportedMedia. kInvalid: unknown or repeated query parameters, text that is not of the
    // parameter's type, a body that is no object, or that repeats a path parameter. What the schema
    // itself says is checked later, by the dispatcher.
    Result<Json> read(const Request& request, const std::vector<std::string>& path_values) const;

private:
    enum class Type { kText, kInteger, kNumber, kBoolean };
    Status add_query(const Request& request, Json& input) const;
    Status add_body(const Request& request, Json& input) const;
    bool in_path(std::string_view name) const;
    Error unknown_parameter(std::string_view name) const;

    const operations::Operation& operation_;
    const bool takes_body_;
    std::vector<std::string> path_names_;
    std::map<std::string, Type, std::less<>> types_;
};

}  // namespace ordinaut::http
