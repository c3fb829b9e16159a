// Goal: a slip of the fingers finds its word, and a different word finds nothing.
#include <gtest/gtest.h>

#include "base/nearest.h"

namespace ordinaut {
namespace {

const std::vector<std::string_view> kKnown = {"schedule_kind", "schedule_expr", "title", "port"};

TEST(Nearest, FindsSlipsOfTheFingers) {
    EXPECT_EQ(nearest("schedule_knd", kKnown), "schedule_kind");
    EXPECT_EQ(nearest("titel", kKnown), "title");
    EXPECT_EQ(nearest("prot", kKnown), "port");
}

TEST(Nearest, LeavesOtherWordsAlone) {
    EXPECT_EQ(nearest("priority", kKnown), "");
    EXPECT_EQ(nearest("", kKnown), "");
    EXPECT_EQ(nearest(std::string(10'000, 'a'), kKnown), "");
}

TEST(Nearest, EndsASentence) {
    EXPECT_EQ(did_you_mean("titel", kKnown), "; did you mean 'title'?");
    EXPECT_EQ(did_you_mean("priority", kKnown), "");
}

TEST(EditDistance, CountsASwapAsOne) {
    EXPECT_EQ(edit_distance("ab", "ba"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
}

}  // namespace
}  // namespace ordinaut
