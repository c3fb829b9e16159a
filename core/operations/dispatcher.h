// Runs operations: checks the right, validates the input, honours Idempotency-Key, calls the
// handler.
#pragma once
#include <map>
#include <memory>

#include "operations/operation.h"

namespace ordinaut::operations {

// Thread-safe. `services` must outlive it.
class Dispatcher {
public:
    explicit Dispatcher(Services& services);
    ~Dispatcher();

    // Whether invoke would come to call the handler. kDenied, kInvalid as there.
    Status check(const Operation& operation, const Call& call) const;

    // May block (store, argon2): call it from a work pool. `finish` is called exactly once,
    // possibly before this returns. kDenied names the missing scope; kInvalid names the fields.
    void invoke(const Operation& operation, Call call, Finish finish) const;
    // By id, as ord.core does. kNotFound when there is no such operation.
    void invoke(std::string_view operation_id, Call call, Finish finish) const;

private:
    struct Schemas;
    Services& services_;
    std::unique_ptr<Schemas> schemas_;
};

}  // namespace ordinaut::operations
