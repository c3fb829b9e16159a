#include "operations/passed_over.h"

namespace ordinaut::operations {

std::vector<store::Skip> passed_over(const schedule::Schedule& schedule, WallTime first,
                                     WallTime until, std::string_view reason) {
    if (first > until) return {};
    store::Skip counted{first, first, 1, std::string(reason), 0};
    auto next = schedule.next_after(first);
    for (; next && *next <= until && counted.count < kCountedMax;
         next = schedule.next_after(*next)) {
        counted.last = *next;
        ++counted.count;
    }
    if (!next || *next > until) return {counted};
    const auto spacing = (counted.last - counted.first) / (counted.count - 1);
    store::Skip rest{*next, until, 1 + (until - *next) / spacing,
                     std::string(reason) + ", count estimated", 0};
    return {counted, rest};
}

}  // namespace ordinaut::operations
