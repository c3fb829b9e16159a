// Any bytes as a cron expression. What is accepted runs in strictly increasing order, and can be
// described.
#include "base/check.h"
#include "schedule/describe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = schedule::Schedule::parse({ScheduleKind::kCron, text, "Europe/Chisinau"});
    if (!parsed) return 0;
    auto at = parsed->next_after(*parse_time("2026-03-28T00:00:00Z"));
    for (int i = 0; at && i < 20; ++i) {
        const auto next = parsed->next_after(*at);
        CHECK(!next || *next > *at);
        at = next;
    }
    CHECK(!schedule::describe(*parsed, schedule::Language::kRussian).empty());
    return 0;
}
