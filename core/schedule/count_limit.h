// Where COUNT ends a rule.
#pragma once
#include "base/result.h"
#include "schedule/rrule.h"
#include "schedule/stream.h"

namespace ordinaut::schedule {

// Limits `stream` (of `rule`, which has a COUNT) to its first COUNT occurrences. Most rules are
// counted without walking; the end of the others is found once per process and remembered.
// kInvalid: such a rule counts beyond 1,000,000.
Status limit_by_count(Stream& stream, const RecurrenceRule& rule);

}  // namespace ordinaut::schedule
