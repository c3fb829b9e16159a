#include "runner/backoff.h"

#include <gtest/gtest.h>

namespace ordinaut::runner {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, FixedAndLinearAreWhatTheySay) {
    EXPECT_EQ(backoff_delay(Backoff::kFixed, 7, 1), 5s);
    EXPECT_EQ(backoff_delay(Backoff::kLinear, 1, 1), 5s);
    EXPECT_EQ(backoff_delay(Backoff::kLinear, 3, 1), 15s);
}

TEST(Backoff, ExponentialUsesTheWholeRangeAndIsCapped) {
    EXPECT_EQ(backoff_delay(Backoff::kExponentialJitter, 1, 0), 1ms);
    EXPECT_EQ(backoff_delay(Backoff::kExponentialJitter, 1, 1999), 2s);
    EXPECT_EQ(backoff_delay(Backoff::kExponentialJitter, 3, 7999), 8s);
    EXPECT_EQ(backoff_delay(Backoff::kExponentialJitter, 1000,
                            UINT64_MAX % 3'600'000 == 0 ? 1 : 3'599'999),
              kBackoffMax);
}

}  // namespace
}  // namespace ordinaut::runner
