// What all instances of a host share.
#pragma once
#include <chrono>

#include "ext/deadlines.h"
#include "ext/seams.h"
#include "ext/task_leases.h"
#include "ext/workers.h"
#include "tool/catalogue.h"

namespace ordinaut::ext {

// Outlives them.
struct InstanceContext {
    tool::Catalogue& tools;
    Deadlines& deadlines;
    Workers& core_calls;  // Where operations run, so that a downcall returns at once.
    Seams seams;
    TaskLeases& task_leases;
    Workers& blocking_calls;  // Where the servers behind ord.kv and ord.events are waited for.
    // From a cancel, or a deadline, until a call is given up for good.
    std::chrono::milliseconds cancel_grace{10'000};
};

}  // namespace ordinaut::ext
