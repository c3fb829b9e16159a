// Any bytes as a single moment. What is accepted runs once, or twice where the clocks show it
// twice.
#include "base/check.h"
#include "schedule/describe.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const std::string_view fold : {"first", "both"}) {
        const auto parsed = schedule::Schedule::parse({.kind = ScheduleKind::kOnce,
                                                       .expr = text,
                                                       .timezone = "Europe/Chisinau",
                                                       .anchor = {},
                                                       .dst_gap = "shift",
                                                       .dst_fold = fold});
        if (!parsed) return 0;
        const auto first = parsed->next_after(WallTime::min());
        CHECK(first);
        const auto second = parsed->next_after(*first);
        CHECK(!second || (fold == "both" && *second > *first && !parsed->next_after(*second)));
        CHECK(!schedule::describe(*parsed, schedule::Language::kRomanian).empty());
        CHECK(parsed->preview(*first - std::chrono::seconds(1), 5).occurrences.size() ==
              (second ? 2 : 1));
    }
    return 0;
}
