// How an EXRULE takes away what it certainly takes away, without visiting every instant.
#pragma once
#include "schedule/stream.h"

namespace ordinaut::schedule {

// Takes from `included` the days on which `excluded` names all of its times. Whether an instant is
// excluded must still be asked for the rest.
void subtract_days(Stream& included, const Stream& excluded);

// Both come from one DTSTART. True when every instant of `included` on which the filters of
// `excluded` (days, hours) hold is an instant of `excluded` too.
bool covers(const Stream& excluded, const Stream& included);

// `excluded` covers all there is and takes away `at`: nothing is left before the answer, which is
// later than `at`.
SysTime end_of_exclusion(const Stream& excluded, SysTime at);

}  // namespace ordinaut::schedule
