// Where a Redis server is: redis://[user:password@]host[:port][/database], or
// unix:///path/of/socket[?db=database].
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut::events::redis {

struct RedisUrl {
    std::string socket_path;  // Empty = TCP.
    std::string host;
    int port = 6379;
    std::string user, password;  // Percent-decoded; empty = none.
    int database = 0;
};

// kInvalid says what is wrong, without the password. rediss:// (TLS) is refused.
Result<RedisUrl> parse_redis_url(std::string_view url);

}  // namespace ordinaut::events::redis
