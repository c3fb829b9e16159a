// The one place where libpqxx's exceptions become errors.
#pragma once
#include "base/error.h"

namespace ordinaut::store::postgres {

struct Fault {
    Error error;
    bool surely_rolled_back =
        false;                     // Nothing happened, and the same work may succeed if done again.
    bool connection_lost = false;  // The connection must be discarded.
};

// Call inside a catch block. Rethrows nothing.
Fault current_fault() noexcept;

}  // namespace ordinaut::store::postgres
