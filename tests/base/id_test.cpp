#include "base/id.h"

#include <gtest/gtest.h>

namespace ordinaut {
namespace {

TEST(Id, NewIdsAreVersionSevenAndAscending) {
    Id last;
    for (int i = 0; i < 10000; ++i) {
        const Id id = new_id();
        ASSERT_TRUE(is_id(id));
        ASSERT_EQ(id[14], '7');
        ASSERT_LT(last, id);
        last = id;
    }
}

TEST(Id, DerivedIdsDependOnBothPartsAndNothingElse) {
    EXPECT_EQ(derived_id("run", "a|1"), derived_id("run", "a|1"));
    EXPECT_NE(derived_id("run", "a|1"), derived_id("run", "a|2"));
    EXPECT_NE(derived_id("ab", "c"), derived_id("a", "bc"));
}

TEST(Id, TokensAreLongEnoughAndDistinct) {
    EXPECT_EQ(random_token(32).size(), 43u);
    EXPECT_NE(random_token(32), random_token(32));
}

}  // namespace
}  // namespace ordinaut
