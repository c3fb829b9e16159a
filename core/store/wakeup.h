// Tells the threads of this process that something changed in the database, wherever the change was
// made.
#pragma once
#include <functional>
#include <memory>

#include "base/result.h"

namespace ordinaut::store {

enum class Channel { kDue, kRuns, kControl };

// One listener connection (PostgreSQL LISTEN) for the whole process. A hint, not a promise: after a
// reconnect every channel fires once, and listeners poll anyway. Thread-safe.
class Wakeup {
public:
    virtual ~Wakeup() = default;
    using Listener = std::function<void()>;  // Must not block: sets a flag, notifies a condition.
    // Lives until the returned token is dropped; after that the listener is not called again.
    virtual std::shared_ptr<void> listen(Channel channel, Listener listener) = 0;
};

}  // namespace ordinaut::store
