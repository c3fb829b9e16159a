// The parts of a check that run the extension's code, in the order in which they are run.
#pragma once
#include <vector>

#include "ext_check/subject.h"

namespace ordinaut::ext_check {

struct PartToRun {
    const char* name;
    const char* title;
    void (*run)(const Subject&, Reporter&);
};

// Without which nothing else makes sense.
void load_and_describe(const Subject& subject, Reporter& reporter);
const std::vector<PartToRun>& parts_to_run();

// parts_host.cpp
void with_less(const Subject& subject, Reporter& reporter);
void with_nothing_granted(const Subject& subject, Reporter& reporter);
void with_other_layouts(const Subject& subject, Reporter& reporter);
void with_a_short_host_table(const Subject& subject, Reporter& reporter);
// parts_calls.cpp
void live_once(const Subject& subject, Reporter& reporter);
void call_tools(const Subject& subject, Reporter& reporter);
void give_bad_input(const Subject& subject, Reporter& reporter);
void cancel_at_random(const Subject& subject, Reporter& reporter);
void call_in_parallel(const Subject& subject, Reporter& reporter);
// parts_leaks.cpp
void live_a_hundred_times(const Subject& subject, Reporter& reporter);

}  // namespace ordinaut::ext_check
