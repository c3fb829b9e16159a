// What only a real server can do to us: be away, hang up, hang.
#include "events/redis/redis_event_bus.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "base/id.h"
#include "events/redis/redis_event_streams.h"
#include "tests/support/result_matchers.h"
#include "tests/support/test_servers.h"

namespace ordinaut::events::redis {
namespace {

using namespace std::chrono_literals;

// As main.cpp does.
const auto kSigpipeIgnored = std::signal(SIGPIPE, SIG_IGN);

std::unique_ptr<RedisEventBus> bus_at(const std::string& url, const Clock& clock,
                                      Timeouts timeouts = {}) {
    auto bus = RedisEventBus::create(
        url, {.stream = "test:" + new_id(), .length_max = 1000, .timeouts = timeouts}, clock);
    EXPECT_OK(bus);
    return bus.ok() ? std::move(*bus) : nullptr;
}

// Listens on a port and never answers.
class SilentServer {
public:
    SilentServer() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(listen(fd_, 8), 0);
        socklen_t size = sizeof address;
        EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        url_ = "redis://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    ~SilentServer() { close(fd_); }
    const std::string& url() const { return url_; }

private:
    int fd_;
    std::string url_;
};

TEST(RedisEventBus, BacksOffFromAServerThatIsAway) {
    ManualClock clock(WallTime(1'000'000s));
    const auto bus = bus_at("unix:///nonexistent/redis.sock", clock);
    const auto first = bus->ping();
    ASSERT_FALSE(first.ok());
    EXPECT_EQ(first.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(first.error().retry_after, 100ms);
    clock.advance(40ms);
    EXPECT_EQ(bus->publish({"t", "1", ""}).error().retry_after, 60ms);  // Refused without trying.
    for (const auto expected : {200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
        clock.advance(10s);
        EXPECT_EQ(bus->recent(1).error().retry_after, expected);
    }
}

// Goal: a caller is never told "nothing happened" when the event may have been appended.
TEST(RedisEventBus, IsInDoubtWhenTheServerHangs) {
    const SilentServer server;
    SystemClock clock;
    const auto bus = bus_at(server.url(), clock, {.connect = 500ms, .command = 50ms});
    EXPECT_EQ(bus->publish({"t", "1", ""}).error().code, ErrorCode::kInDoubt);
    EXPECT_EQ(bus->ping().error().code, ErrorCode::kUnavailable);  // A read has no doubt.
    EXPECT_EQ(bus->recent(1).error().code, ErrorCode::kUnavailable);
}

TEST(RedisEventBus, ComesBackAfterACrashOfTheServer) {
    auto& servers = testing::TestServers::instance();
    ManualClock clock(WallTime(1'000'000s));
    const auto bus = bus_at(servers.redis_url(), clock);
    ASSERT_OK(bus->publish({"t", "1", ""}));
    servers.crash_redis();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    Result<std::string> published = bus->publish({"t", "2", ""});
    while (!published.ok() && std::chrono::steady_clock::now() < deadline) {
        EXPECT_TRUE(published.error().code == ErrorCode::kUnavailable ||
                    published.error().code == ErrorCode::kInDoubt)
            << published.error().message;
        clock.advance(5s);
        published = bus->publish({"t", "2", ""});
    }
    ASSERT_OK(published);
    EXPECT_EQ(bus->recent(1)->front().id, *published);
}

TEST(RedisEventBus, DropsTheOldestBeyondItsLength) {
    SystemClock clock;
    auto bus = RedisEventBus::create(testing::TestServers::instance().redis_url(),
                                     {.stream = "test:" + new_id(), .length_max = 100}, clock);
    ASSERT_OK(bus);
    for (int i = 0; i < 600; ++i) ASSERT_OK((*bus)->publish({"t", "1", ""}));
    // "About": Redis drops whole nodes of a hundred.
    EXPECT_LT((*bus)->recent(1000)->size(), 300u);
    EXPECT_GE((*bus)->recent(1000)->size(), 100u);
}

// Goal: an event nobody has turned into work yet is neither pushed out by others nor cleaned away.
TEST(RedisEventBus, KeepsWhatTheSpineHasYetToRead) {
    SystemClock clock;
    const std::string url = testing::TestServers::instance().redis_url(),
                      stream = "test:" + new_id();
    const auto bus = RedisEventBus::create(url, {.stream = stream, .length_max = 100}, clock);
    const auto streams = RedisEventStreams::create(url, {.spine = stream}, clock);
    ASSERT_OK(bus);
    ASSERT_OK(streams);
    ASSERT_OK((*streams)->make_group({}, std::string(kSpineGroup), "0"));
    for (int i = 0; i < 600; ++i) ASSERT_OK((*bus)->publish({"t", "1", ""}));
    EXPECT_EQ((*bus)->recent(1000)->size(), 600u);
    EXPECT_EQ(*(*bus)->drop_before(clock.wall_now() + 1h), 0);
    Result<std::string> published = (*bus)->publish({"t", "1", ""});
    for (int i = 0; i < 1000 && published.ok(); ++i) published = (*bus)->publish({"t", "1", ""});
    ASSERT_FALSE(published.ok());  // Full: the publisher learns of it.
    EXPECT_EQ(published.error().code, ErrorCode::kUnavailable);

    const auto read = (*streams)->read_new({}, std::string(kSpineGroup), 2000);
    ASSERT_EQ(read->size(), 1000u);
    EXPECT_FALSE((*bus)->publish({"t", "1", ""}).ok());  // Read is not done.
    std::vector<std::string> ids;
    for (const auto& entry : *read) ids.push_back(entry.id);
    ASSERT_OK((*streams)->acknowledge({}, std::string(kSpineGroup), ids));
    EXPECT_OK((*bus)->publish({"t", "1", ""}));
    EXPECT_LT((*bus)->recent(1000)->size(), 300u);
}

TEST(RedisEventBus, ABatchIsAppendedOnce) {
    SystemClock clock;
    const auto streams = RedisEventStreams::create(testing::TestServers::instance().redis_url(),
                                                   {.spine = "test:" + new_id()}, clock);
    ASSERT_OK(streams);
    ASSERT_OK((*streams)->make_group({}, "g", "0"));
    std::vector<NewStreamEntry> entries;
    for (int i = 0; i < 300; ++i)
        entries.push_back({.topic = "t." + std::to_string(i),
                           .payload_json = std::to_string(i),
                           .source = "host",
                           .event_id = std::to_string(i),
                           .causation_depth = i % 9});
    ASSERT_OK((*streams)->append_all("batch-1", entries));
    ASSERT_OK((*streams)->append_all("batch-1", entries));
    const auto read = (*streams)->read_new({}, "g", 1000);
    ASSERT_EQ(read->size(), 300u);
    EXPECT_EQ(read->at(17).topic, "t.17");
    EXPECT_EQ(read->at(17).event_id, "17");
    EXPECT_EQ(read->at(17).causation_depth, 17 % 9);
}

TEST(RedisEventBus, SaysWhenTheServerRefuses) {
    SystemClock clock;
    std::string url = testing::TestServers::instance().redis_url();
    const auto bus = bus_at(url + "?db=60000", clock);
    const auto refused = bus->ping();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(refused.error().message.find("DB index"), std::string::npos)
        << refused.error().message;
}

}  // namespace
}  // namespace ordinaut::events::redis
