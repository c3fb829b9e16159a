// Goal: what an extension logs is kept, the newest of it, and a flood is cut and counted.
#include "ext/extension_log.h"

#include <gtest/gtest.h>

namespace ordinaut {
namespace {

using namespace std::chrono_literals;

TEST(ExtensionLog, TokensComeBackAndWhatWasDroppedIsTold) {
    ext::ExtensionLog log;
    const MonoTime begin = MonoTime{} + 1h;
    uint64_t dropped = 0;
    for (int n = 0; n < ext::ExtensionLog::kBurst; ++n) EXPECT_TRUE(log.admit(begin, dropped));
    for (int n = 0; n < 7; ++n) EXPECT_FALSE(log.admit(begin, dropped));
    EXPECT_EQ(dropped, 0u);
    EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(dropped, 7u);
    EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(dropped, 0u);
    for (int n = 0; n < ext::ExtensionLog::kPerSecond - 2; ++n)
        EXPECT_TRUE(log.admit(begin + 1s, dropped));
    EXPECT_FALSE(log.admit(begin + 1s, dropped));
    EXPECT_EQ(log.dropped(), 8u);
}

TEST(ExtensionLog, TheNewestLinesAreKept) {
    ext::ExtensionLog log;
    for (int n = 0; n < 600; ++n) log.add(WallTime{}, "info", std::to_string(n));
    EXPECT_EQ(log.last(1000).size(), ext::ExtensionLog::kLinesMax);
    const auto last = log.last(2);
    ASSERT_EQ(last.size(), 2u);
    EXPECT_EQ(last[0].message, "598");
    EXPECT_EQ(last[1].number, 600);
}

}  // namespace
}  // namespace ordinaut
