// How runs ended, as every operation that counts them says it.
#pragma once
#include "base/json.h"

namespace ordinaut::operations {

// For store::RunCounts and store::TimelineBucket. Timed out and expired runs count as failed.
template <class Counts>
void write_outcomes(JsonWriter& writer, const Counts& counts) {
    writer.field("total", counts.total)
        .field("succeeded", counts.succeeded)
        .field("failed", counts.failed + counts.other)
        .field("canceled", counts.canceled)
        .field("live", counts.live);
}

}  // namespace ordinaut::operations
