// An agent: a user or a program with an identity and scopes.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"

namespace ordinaut {

struct Agent {
    Id id;
    std::string name;
    std::vector<std::string> scopes;
    std::string secret_hash;  // argon2id, encoded; never leaves the store and auth.
    bool enabled = true;
    WallTime created_at{};
    WallTime updated_at{};
};

void write_json(JsonWriter& writer, const Agent& agent);  // Without the hash.

}  // namespace ordinaut
