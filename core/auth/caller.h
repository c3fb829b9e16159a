// The identity an operation acts for.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "base/id.h"

namespace ordinaut::auth {

struct Caller {
    Id agent_id;  // Empty = nobody: only public operations.
    std::string name;
    std::vector<std::string> scopes;

    // Sees and may do everything.
    bool admin() const { return std::find(scopes.begin(), scopes.end(), "admin") != scopes.end(); }
};

}  // namespace ordinaut::auth
