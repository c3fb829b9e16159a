// What is appended to the spine, in one step of the server: each entry, the topics it has seen, and
// what makes appending it again harmless.
#pragma once
#include <vector>

#include "events/event_streams.h"
#include "events/redis/redis_pool.h"

namespace ordinaut::events::redis {

struct SpineBounds {
    std::string stream;
    // About so many are kept; more, up to ten times as many, while kSpineGroup is behind.
    int64_t length_max = 100'000;
};

// Appends all or none and returns the last one's id; again under the same `name` within `remember`:
// that id, and nothing else. An empty `name` is not remembered. kUnavailable: nothing was appended;
// the server cannot be reached, or the spine is full. kInDoubt.
Result<std::string> append_to_spine(RedisPool& pool, const SpineBounds& bounds,
                                    const std::string& name, std::chrono::seconds remember,
                                    const std::vector<NewStreamEntry>& entries);

// What the server remembers an event by.
std::string seen_key(const std::string& source, const std::string& space,
                     const std::string& event_id);

}  // namespace ordinaut::events::redis
