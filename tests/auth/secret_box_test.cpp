#include "auth/secret_box.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <thread>
#include <vector>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::auth {
namespace {

SecretBox box_of(char byte) {
    auto box = SecretBox::create(std::string(SecretBox::kKeyBytes, byte));
    EXPECT_OK(box);
    return std::move(*box);
}

TEST(SecretBox, OpensWhatItSealed) {
    const SecretBox box = box_of('k');
    for (const std::string& clear : {std::string(), std::string("s3cret"), std::string("a\0b", 3),
                                     std::string(100'000, 'x')}) {
        const std::string sealed = box.seal(clear, "owner", "NAME");
        EXPECT_EQ(sealed[0], 1);
        EXPECT_TRUE(clear.empty() || sealed.find(clear) == std::string::npos);
        const auto opened = box.open(sealed, "owner", "NAME");
        ASSERT_OK(opened);
        EXPECT_EQ(*opened, clear);
    }
    EXPECT_NE(box.seal("x", "owner", "NAME"), box.seal("x", "owner", "NAME"));
}

TEST(SecretBox, KeepsTextAsText) {
    const SecretBox box = box_of('k');
    for (const std::string& clear : {std::string(), std::string("{}"), std::string(1000, '\0')}) {
        const std::string sealed = box.seal_text(clear, "owner", "n");
        EXPECT_TRUE(std::all_of(sealed.begin(), sealed.end(),
                                [](unsigned char c) { return c > 0x20 && c < 0x7f; }));
        const auto opened = box.open_text(sealed, "owner", "n");
        ASSERT_OK(opened);
        EXPECT_EQ(*opened, clear);
        EXPECT_FALSE(box.open_text(sealed, "other", "n").ok());
    }
    for (const char* text : {"", "{}", "AAAA", "not base64"})
        EXPECT_FALSE(box.open_text(text, "owner", "n").ok()) << text;
}

// Goal: whoever can write the database cannot move, change or swap a secret.
TEST(SecretBox, RefusesWhatWasMovedOrChanged) {
    const SecretBox box = box_of('k');
    const std::string sealed = box.seal("s3cret", "owner", "NAME");
    EXPECT_FALSE(box.open(sealed, "other", "NAME").ok());
    EXPECT_FALSE(box.open(sealed, "owner", "OTHER").ok());
    EXPECT_FALSE(box.open(sealed, "ownerN", "AME").ok());
    EXPECT_FALSE(box_of('l').open(sealed, "owner", "NAME").ok());
    for (size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(box.open(changed, "owner", "NAME").ok()) << i;
        EXPECT_FALSE(box.open(sealed.substr(0, i), "owner", "NAME").ok()) << i;
    }
}

TEST(SecretBox, TakesKeysInEveryBase64Form) {
    const std::string sealed = box_of('\xfb').seal("x", "o", "n");
    for (const auto* text : {"+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=",
                             "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s",
                             "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s=",
                             "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"}) {
        const auto box = SecretBox::from_base64(text);
        ASSERT_OK(box);
        EXPECT_OK(box->open(sealed, "o", "n"));
    }
    for (const auto* text :
         {"", "abc", "+/v7", "%%%%", "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7"})
        EXPECT_FALSE(SecretBox::from_base64(text).ok()) << text;
    EXPECT_FALSE(SecretBox::create("short").ok());
}

TEST(SecretBox, MakesItsKeyFileOnce) {
    const testing::TempDir dir;
    const std::string path = dir / "secret.key";
    // Several processes may start at once on one directory; all must end with one key.
    std::vector<std::string> sealed(8);
    std::vector<std::thread> threads;
    for (auto& one : sealed)
        threads.emplace_back([&] {
            const auto box = SecretBox::from_file(path);
            ASSERT_OK(box);
            one = box->seal("x", "o", "n");
        });
    for (auto& thread : threads) thread.join();
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    const auto again = SecretBox::from_file(path);
    ASSERT_OK(again);
    for (const auto& one : sealed) EXPECT_OK(again->open(one, "o", "n"));
}

TEST(SecretBox, SaysWhatIsWrongWithItsKeyFile) {
    const testing::TempDir dir;
    testing::write_file(dir / "short.key", "too short");
    ASSERT_EQ(chmod((dir / "short.key").c_str(), 0600), 0);
    const auto damaged = SecretBox::from_file(dir / "short.key");
    ASSERT_FALSE(damaged.ok());
    EXPECT_EQ(damaged.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(damaged.error().message.find("32 bytes"), std::string::npos);
    EXPECT_EQ(SecretBox::from_file(dir / "missing/secret.key").error().code,
              ErrorCode::kUnavailable);
}

TEST(SecretBox, RefusesAKeyFileThatIsOpenToOthers) {
    const testing::TempDir dir;
    const std::string path = dir / "secret.key";
    ASSERT_OK(SecretBox::from_file(path));
    for (const mode_t mode : {0640, 0604, 0620, 0602}) {
        ASSERT_EQ(chmod(path.c_str(), mode), 0);
        const auto open = SecretBox::from_file(path);
        ASSERT_FALSE(open.ok()) << std::oct << mode;
        EXPECT_NE(open.error().message.find("chmod 600 " + path), std::string::npos)
            << open.error().message;
    }
    ASSERT_EQ(chmod(path.c_str(), 0400), 0);
    EXPECT_OK(SecretBox::from_file(path));
}

}  // namespace
}  // namespace ordinaut::auth
