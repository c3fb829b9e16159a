#include "events/redis/redis_url.h"

#include <charconv>
#include <optional>

namespace ordinaut::events::redis {
namespace {

constexpr int kDatabaseMax = 65535;

Error wrong(std::string why) { return invalid("REDIS_URL", std::move(why)); }

std::optional<int> number(std::string_view text, int max) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > max)
        return std::nullopt;
    return value;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned char byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2 || byte == 0)
            return std::nullopt;
        decoded += static_cast<char>(byte);
        i += 2;
    }
    return decoded;
}

Result<RedisUrl> parse_socket(std::string_view rest) {
    RedisUrl parsed;
    const size_t query = rest.find('?');
    const auto path = percent_decoded(rest.substr(0, query));
    if (!path || !path->starts_with('/'))
        return wrong("a unix:// address needs an absolute path: unix:///run/redis/redis.sock");
    parsed.socket_path = *path;
    if (query == std::string_view::npos) return parsed;
    const std::string_view option = rest.substr(query + 1);
    const auto database =
        option.starts_with("db=") ? number(option.substr(3), kDatabaseMax) : std::nullopt;
    if (!database) return wrong("after the path only ?db=NUMBER may stand");
    parsed.database = *database;
    return parsed;
}

Status parse_account(std::string_view account, RedisUrl& parsed) {
    const size_t colon = account.find(':');
    const auto user = percent_decoded(account.substr(0, colon));
    const auto password =
        percent_decoded(colon == std::string_view::npos ? "" : account.substr(colon + 1));
    if (!user || !password || password->empty())
        return wrong("the part before '@' must be user:password or :password, percent-encoded");
    parsed.user = *user;
    parsed.password = *password;
    return ok();
}

}  // namespace

Result<RedisUrl> parse_redis_url(std::string_view url) {
    static constexpr std::string_view kUnix = "unix://", kTcp = "redis://", kTls = "rediss://";
    if (url.starts_with(kUnix)) return parse_socket(url.substr(kUnix.size()));
    if (url.starts_with(kTls))
        return wrong(
            "TLS (rediss://) is not supported; put a TLS proxy next to this process and use "
            "redis://");
    if (!url.starts_with(kTcp)) return wrong("must start with redis:// or unix://");
    RedisUrl parsed;
    std::string_view rest = url.substr(kTcp.size());
    if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
        TRY(parse_account(rest.substr(0, at), parsed));
        rest.remove_prefix(at + 1);
    }
    if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
        const std::string_view text = rest.substr(slash + 1);
        const auto database = text.empty() ? std::optional(0) : number(text, kDatabaseMax);
        if (!database)
            return wrong("the part after the host must be a database number, such as /0");
        parsed.database = *database;
        rest = rest.substr(0, slash);
    }
    const size_t bracket = rest.starts_with('[') ? rest.find(']') : std::string_view::npos;
    const size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const auto port = number(rest.substr(colon + 1), 65535);
        if (!port || *port == 0) return wrong("the port must be 1 to 65535");
        parsed.port = *port;
    }
    parsed.host = std::string(bracket == std::string_view::npos ? rest.substr(0, colon)
                                                                : rest.substr(1, bracket - 1));
    if (parsed.host.empty()) return wrong("the host is missing: redis://localhost:6379");
    return parsed;
}

}  // namespace ordinaut::events::redis
