#include "auth/password.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::auth {
namespace {

TEST(Password, HashesWithArgon2idAndAFreshSalt) {
    const auto one = hash_secret("correct horse"), two = hash_secret("correct horse");
    ASSERT_OK(one);
    ASSERT_OK(two);
    EXPECT_TRUE(one->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *one;
    EXPECT_NE(*one, *two);
    EXPECT_TRUE(verify_secret("correct horse", *one));
    EXPECT_TRUE(verify_secret("correct horse", *two));
}

TEST(Password, RefusesEverythingElse) {
    const auto hash = hash_secret(std::string("a\0b", 3));
    ASSERT_OK(hash);
    EXPECT_TRUE(verify_secret(std::string_view("a\0b", 3), *hash));
    for (const std::string_view wrong : {"", "a", "a\0c"})
        EXPECT_FALSE(verify_secret(wrong, *hash));
    for (const std::string unreadable :
         {"", "plain", "$argon2id$", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAA"})
        EXPECT_FALSE(verify_secret("plain", unreadable)) << unreadable;
}

}  // namespace
}  // namespace ordinaut::auth
