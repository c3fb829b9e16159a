// Named leases: one holder at a time in the whole installation, by the database's clock.
// Thread-safe.
#pragma once
#include <chrono>
#include <string_view>

#include "base/result.h"

namespace ordinaut::store {

class LeaseStore {
public:
    virtual ~LeaseStore() = default;
    // Takes or renews `name` until `ttl` from now. False: another holder has it. The holder's trust
    // ends `ttl` after it *asked*.
    virtual Result<bool> hold(std::string_view name, std::string_view holder,
                              std::chrono::milliseconds ttl) = 0;
    // Nothing when it is another's.
    virtual Status release(std::string_view name, std::string_view holder) = 0;
};

}  // namespace ordinaut::store
