// Any bytes as an exclusion calendar: the first byte chooses dates or an iCalendar file. What is
// accepted answers every instant, and its answers end after the instant they were asked for.
#include "base/check.h"
#include "schedule/exclusion_calendar.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const auto parsed = bytes[0] % 2 == 0 ? schedule::ExclusionCalendar::parse_dates(text, "")
                                          : schedule::ExclusionCalendar::parse_ical(text, "");
    if (!parsed) return 0;
    static const auto zone = *schedule::Zone::find("Europe/Chisinau");
    WallTime at = *parse_time("2026-03-28T00:00:00Z");
    for (int i = 0; i < 20; ++i) {
        const auto answer = parsed->ask(at, zone);
        CHECK(answer.until > at);
        if (answer.until == WallTime::max()) break;
        at = answer.until;
    }
    return 0;
}
