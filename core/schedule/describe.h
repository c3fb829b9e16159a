// A schedule as a sentence that says exactly what it does.
//
// Common shapes become plain language. What the sentences cannot say exactly is given as a list of
// the schedule's own parts: longer, never wrong.
#pragma once
#include <string>

#include "schedule/schedule.h"

namespace ordinaut::schedule {

enum class Language { kEnglish, kRomanian, kRussian };

// "Monday to Friday at 08:30 (Europe/Chisinau)." UTF-8.
std::string describe(const Schedule& schedule, Language language);

}  // namespace ordinaut::schedule
