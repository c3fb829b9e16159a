// One connection to Redis, over hiredis (RESP2).
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/redis/redis_url.h"

struct redisContext;

namespace ordinaut::events::redis {

// An answer, copied out of hiredis.
struct Reply {
    enum class Kind { kText, kInteger, kNil, kArray };
    Kind kind = Kind::kNil;
    std::string text;  // kText; binary-safe.
    int64_t integer = 0;
    std::vector<Reply> items;  // kArray.
};

struct Timeouts {
    std::chrono::milliseconds connect{1000};
    std::chrono::milliseconds command{2000};
};

// Not thread-safe. Writing to a closed connection raises SIGPIPE (hiredis cannot prevent it): the
// process ignores that signal.
class RedisConnection {
public:
    // Connects, authenticates, selects the database. kUnavailable says what failed.
    static Result<std::unique_ptr<RedisConnection>> open(const RedisUrl& url,
                                                         const Timeouts& timeouts);
    ~RedisConnection();
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;

    // False when the server closed it or sent something unasked: do not use it.
    bool alive() const;
    // Still usable after the last command.
    bool healthy() const;

    // kUnavailable: the server refused (it is loading, full, read-only …): nothing was done.
    // kInDoubt: no answer came, and the connection is not healthy any more. kNotFound, kConflict:
    // NOGROUP, BUSYGROUP. kTooLarge: TOOMANY, of our own scripts. kInternal: the server takes the
    // command for wrong.
    Result<Reply> command(const std::vector<std::string_view>& words);

private:
    explicit RedisConnection(redisContext* context) : context_(context) {}
    Status prepare(const RedisUrl& url);
    redisContext* context_;
};

}  // namespace ordinaut::events::redis
