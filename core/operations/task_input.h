// From the body of a create or update to a Task, with everything checked that the schema cannot
// say.
#pragma once
#include "operations/answer.h"

namespace ordinaut::operations {

// Applies the members of `call.input` to `task` (unnamed ones keep their value) and checks the
// whole: schedule, zone, pipeline, what is not supported yet. kInvalid lists every problem found.
Status apply_task_input(Services& services, const Call& call, Task& task);

// The first occurrence after `now` (a `once` up to 60 s old counts); none for a condition, whose
// occurrences nobody knows in advance. kInvalid when the schedule will never fire again.
Result<std::optional<WallTime>> first_occurrence(Services& services, const Task& task,
                                                 WallTime now);

}  // namespace ordinaut::operations
