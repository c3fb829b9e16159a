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

// Part of a sentence, without a full stop: "2026-03-29T03:30:00 does not exist in Europe/Chisinau
// (the clocks go forward): it runs at 2026-03-29T04:00:00+03:00".
std::string describe(const Warning& warning, Language language);

}  // namespace ordinaut::schedule
