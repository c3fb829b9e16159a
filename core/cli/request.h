// From words on the command line to one HTTP request, as an operation's declaration says.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operations/operation.h"

namespace ordinaut::cli {

// What was given for one operation.
struct Given {
    std::map<std::string, std::vector<std::string>> values =
        {};                             // By name in the input schema, as typed.
    std::optional<Json> document = {};  // The file of -f.
};

struct Request {
    std::string method;
    std::string target;  // Path and query, percent-encoded.
    std::string body;    // Empty = none.
};

// Names of the parameters in a path template: "/tasks/{task_id}" → {"task_id"}.
std::vector<std::string> path_names(std::string_view path);

// The schema of one member of an input, references followed; null when there is none.
const JsonValue* member_schema(const JsonValue& schema, std::string_view name);
// The type a schema asks for: "string", "integer", "number", "boolean", "array", "object", or ""
// for any.
std::string_view type_of(const JsonValue& member);

// One input object: the file's members, replaced by what was given beside it. Texts become what the
// schema asks for; kInvalid names the option. A value for an object, or for a member without a
// type, is JSON.
Result<Json> build_input(const operations::Operation& operation, const JsonValue& schema,
                         const Given& given);

// Path parameters go into the path; the rest into the query (GET, DELETE) or the body (POST, PUT).
Request build_request(const operations::Operation& operation, const JsonValue& input);

// "schedule_kind" → "--schedule-kind"
std::string option_of(std::string_view member);
std::string percent_encoded(std::string_view text);

}  // namespace ordinaut::cli
