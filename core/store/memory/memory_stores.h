// All stores in memory, for tests of what stands on them.
#pragma once
#include <memory>

#include "base/clock.h"
#include "store/stores.h"

namespace ordinaut::store::memory {

// Thread-safe. `clock` is the database's clock and must outlive the stores. Wakeup listeners are
// called by the thread that made the change, after it is visible.
class MemoryStores {
public:
    explicit MemoryStores(const Clock& clock);
    ~MemoryStores();
    Stores stores();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ordinaut::store::memory
