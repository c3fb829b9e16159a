// Any bytes as a recurrence set. What is accepted runs in strictly increasing order, is the same
// from wherever one looks, and can be described and previewed.
#include "base/check.h"
#include "schedule/describe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = schedule::Schedule::parse({.kind = ScheduleKind::kRrule,
                                                   .expr = text,
                                                   .timezone = "Europe/Chisinau",
                                                   .anchor = *parse_time("2026-01-01T09:00:00Z"),
                                                   .dst_gap = {},
                                                   .dst_fold = {}});
    if (!parsed) return 0;
    auto at = parsed->next_after(*parse_time("2026-03-28T00:00:00Z"));
    for (int i = 0; at && i < 20; ++i) {
        const auto next = parsed->next_after(*at);
        CHECK(!next || *next > *at);
        if (next)
            CHECK(parsed->next_after(*at + (*next - *at) / 2) == next &&
                  parsed->next_after(*next - std::chrono::microseconds(1)) == next);
        at = next;
    }
    for (const auto language : {schedule::Language::kEnglish, schedule::Language::kRomanian,
                                schedule::Language::kRussian})
        CHECK(!schedule::describe(*parsed, language).empty());
    CHECK(parsed->preview(*parse_time("2026-03-28T00:00:00Z"), 3).occurrences.size() <= 3);
    return 0;
}
