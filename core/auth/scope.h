// Scopes and the roles that bundle them.
//
//   tasks:read tasks:write runs:read runs:write events:publish agents:admin queue:admin
//   extensions:admin tools:invoke ext:<id>:routes ext:<id>:tools admin
//
// Roles are names for bundles and stand wherever a scope may: viewer (reads), operator (viewer, and
// runs, queue, tools), owner (viewer, and own tasks, runs, events, tools), admin (everything).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ordinaut::auth {

// `admin` allows everything.
bool allows(const std::vector<std::string>& scopes, std::string_view required);

// Roles replaced by what they bundle; sorted, each once. "admin" stays as it is.
std::vector<std::string> expand_roles(const std::vector<std::string>& scopes);

// All scopes and roles, for a sentence: "tasks:read, tasks:write, …".
const std::string& scopes_there_are();

// kInvalid names each unknown scope as `<pointer>/<index>`, with the nearest known one.
Status check_scopes(const std::vector<std::string>& scopes, std::string_view pointer);

}  // namespace ordinaut::auth
