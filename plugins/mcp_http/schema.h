// The JSON Schemas of tools: building them, and checking arguments against them in words an
// assistant can act on. No type arrays: what may be null is an anyOf.
#pragma once
#include "rpc.h"

namespace mcp_http::schema {

struct Field {
    std::string name;
    Json schema;
    bool required = false;
};

Json object(const std::vector<Field>& fields);       // additionalProperties: false
Json open_object(const std::vector<Field>& fields);  // Others are allowed.
Json text(const std::string& description, int64_t length_min = 0, int64_t length_max = 0);
Json choice(const std::string& description, const std::vector<std::string>& values);
Json integer(const std::string& description, int64_t minimum, int64_t maximum);
Json number(const std::string& description);
Json truth(const std::string& description);
Json id(const std::string& description);
Json instant(const std::string& description);
Json any_object(const std::string& description);
Json anything(const std::string& description);
Json list(const std::string& description, Json items);
Json or_null(Json schema);

struct Problem {
    std::string field, message;
};

// What is wrong with `arguments`, all of it; at most 20 problems. Empty = nothing.
std::vector<Problem> check(const Json& schema, const Json& arguments);

// The known name that is most like `name`; empty when none is.
std::string nearest_of(const std::vector<std::string>& known, std::string_view name);

}  // namespace mcp_http::schema
