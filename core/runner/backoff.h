// When a failed attempt is tried again. Pure.
#pragma once
#include <chrono>
#include <cstdint>

#include "model/task.h"

namespace ordinaut::runner {

inline constexpr std::chrono::milliseconds kBackoffMax = std::chrono::hours(1);

// `failures` counts this one (≥ 1); `random` is any uniformly random number.
//   exponential_jitter  uniform in (0, 1 s · 2^failures], "full jitter"
//   linear              5 s · failures
//   fixed               5 s
// Never more than kBackoffMax.
std::chrono::milliseconds backoff_delay(Backoff strategy, int failures, uint64_t random);

}  // namespace ordinaut::runner
