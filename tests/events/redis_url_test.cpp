#include "events/redis/redis_url.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::events::redis {
namespace {

TEST(RedisUrl, ReadsEveryPart) {
    const auto full = parse_redis_url("redis://app:p%40ss%3Aword@cache.example:6380/3");
    ASSERT_OK(full);
    EXPECT_EQ(full->host, "cache.example");
    EXPECT_EQ(full->port, 6380);
    EXPECT_EQ(full->user, "app");
    EXPECT_EQ(full->password, "p@ss:word");
    EXPECT_EQ(full->database, 3);

    const auto socket = parse_redis_url("unix:///run/redis.sock?db=2");
    ASSERT_OK(socket);
    EXPECT_EQ(socket->socket_path, "/run/redis.sock");
    EXPECT_EQ(socket->database, 2);

    const auto v6 = parse_redis_url("redis://[::1]:7000");
    ASSERT_OK(v6);
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 7000);

    const auto plain = parse_redis_url("redis://localhost/");
    ASSERT_OK(plain);
    EXPECT_EQ(plain->port, 6379);
    EXPECT_EQ(plain->database, 0);
}

TEST(RedisUrl, SaysWhatIsWrongAndKeepsThePassword) {
    const std::pair<const char*, const char*> cases[] = {
        {"", "redis:// or unix://"},
        {"http://x", "redis:// or unix://"},
        {"rediss://x", "TLS"},
        {"redis://", "host is missing"},
        {"redis://:6379", "host is missing"},
        {"redis://h:0", "port"},
        {"redis://h:70000", "port"},
        {"redis://h:x", "port"},
        {"redis://h/zero", "database"},
        {"redis://h/-1", "database"},
        {"redis://secret@h", "before '@'"},
        {"redis://:se%cret@h", "before '@'"},
        {"unix://relative", "absolute path"},
        {"unix:///s?db=x", "?db="},
        {"unix:///s?x=1", "?db="},
    };
    for (const auto& [url, expected] : cases) {
        const auto parsed = parse_redis_url(url);
        ASSERT_FALSE(parsed.ok()) << url;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
        EXPECT_NE(parsed.error().message.find(expected), std::string::npos)
            << url << ": " << parsed.error().message;
        EXPECT_EQ(parsed.error().message.find("cret"), std::string::npos) << parsed.error().message;
    }
}

}  // namespace
}  // namespace ordinaut::events::redis
