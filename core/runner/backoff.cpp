#include "runner/backoff.h"

namespace ordinaut::runner {

std::chrono::milliseconds backoff_delay(Backoff strategy, int failures, uint64_t random) {
    using std::chrono::milliseconds;
    const int n = std::clamp(failures, 1, 20);
    switch (strategy) {
        case Backoff::kExponentialJitter: {
            const milliseconds ceiling =
                std::min(milliseconds(1000) * (int64_t{1} << n), kBackoffMax);
            return milliseconds(
                1 + static_cast<int64_t>(random % static_cast<uint64_t>(ceiling.count())));
        }
        case Backoff::kLinear: return std::min(milliseconds(5000) * n, kBackoffMax);
        case Backoff::kFixed: return milliseconds(5000);
    }
    return kBackoffMax;
}

}  // namespace ordinaut::runner
