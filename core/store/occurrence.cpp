#include "store/schedule_store.h"

namespace ordinaut::store {

Id occurrence_run_id(const Id& task_id, int64_t generation, WallTime nominal_at) {
    return derived_id("occurrence", task_id + "|" + std::to_string(generation) + "|" +
                                        std::to_string(nominal_at.time_since_epoch().count()));
}

}  // namespace ordinaut::store
