// Who changes something, for the audit row that is written in the same transaction.
#pragma once
#include <optional>
#include <string>

#include "base/id.h"

namespace ordinaut::store {

struct Actor {
    Id agent_id;             // Empty = the host itself.
    std::string name;        // "scheduler", a worker's name, or the agent's name.
    std::string request_id;  // Empty outside requests.
    std::string trace_id;
    int causation_depth = 0;  // Of events that are published because of it.
};

// Whose rows a call may see or change: nullopt = all (admin). It is part of every SQL predicate; a
// foreign row is kNotFound.
using OwnerFilter = std::optional<Id>;

struct Page {
    int limit = 50;  // 1..200
    int offset = 0;
};

template <class Item>
struct Listing {
    std::vector<Item> items;
    int64_t total = 0;
};

}  // namespace ordinaut::store
