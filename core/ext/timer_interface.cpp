// ord.timer: the host's clock, and answers that come after a while.
#include "ext/call_context.h"
#include "ext/downcall.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr uint64_t kDelayMax = 366ull * 24 * 3600 * 1'000'000'000;

ord_status now(ord_handle self, int64_t* unix_ns, uint64_t* mono_ns) {
    return with_instance(self, [&](Instance&) -> ord_status {
        using std::chrono::duration_cast, std::chrono::nanoseconds;
        if (unix_ns != nullptr)
            *unix_ns =
                duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
                    .count();
        if (mono_ns != nullptr) *mono_ns = monotonic_ns(std::chrono::steady_clock::now());
        return ORD_OK;
    });
}

ord_status after(ord_handle self, const ord_timer_after* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given) || given->delay_ns > kDelayMax) return ORD_E_INVALID;
        const uint64_t due = monotonic_ns(std::chrono::steady_clock::now()) + given->delay_ns;
        return instance.open_downcall(given->token, due, ORD_OK);
    });
}

}  // namespace

const ord_timer_v1& timer_table() {
    static constexpr ord_timer_v1 kTable = {sizeof(ord_timer_v1), 0, now, after};
    return kTable;
}

}  // namespace ordinaut::ext
