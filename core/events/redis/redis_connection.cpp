#include "events/redis/redis_connection.h"

#include <hiredis/hiredis.h>
#include <sys/socket.h>

#include <array>

namespace ordinaut::events::redis {
namespace {

timeval timeval_of(std::chrono::milliseconds limit) {
    timeval value{};
    value.tv_sec = static_cast<time_t>(limit.count() / 1000);
    value.tv_usec = static_cast<suseconds_t>(limit.count() % 1000 * 1000);
    return value;
}

Reply copied(const redisReply& reply) {
    Reply made;
    switch (reply.type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            made.kind = Reply::Kind::kText;
            made.text.assign(reply.str, static_cast<size_t>(reply.len));
            break;
        case REDIS_REPLY_INTEGER:
            made.kind = Reply::Kind::kInteger;
            made.integer = reply.integer;
            break;
        case REDIS_REPLY_ARRAY:
            made.kind = Reply::Kind::kArray;
            for (size_t i = 0; i < reply.elements; ++i)
                made.items.push_back(copied(*reply.element[i]));
            break;
        default: break;
    }
    return made;
}

// Redis names the kind of a refusal in its first word.
Error refused(std::string_view text) {
    static constexpr std::array<std::string_view, 12> kNotNow = {
        "LOADING",  "OOM",         "READONLY", "MISCONF",   "BUSY",   "NOREPLICAS",
        "TRYAGAIN", "CLUSTERDOWN", "NOAUTH",   "WRONGPASS", "NOPERM", "MASTERDOWN"};
    const std::string_view kind = text.substr(0, text.find(' '));
    const bool not_now = std::find(kNotNow.begin(), kNotNow.end(), kind) != kNotNow.end();
    std::string message = "Redis refuses: " + std::string(text);
    if (kind == "NOGROUP") return not_found(std::move(message));
    if (kind == "BUSYGROUP") return conflict(std::move(message));
    if (kind == "TOOMANY")
        return Error{ErrorCode::kTooLarge, std::string(text.substr(kind.size() + 1))};
    return not_now ? unavailable(std::move(message)) : internal(std::move(message));
}

}  // namespace

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisUrl& url,
                                                               const Timeouts& timeouts) {
    const timeval connect_limit = timeval_of(timeouts.connect);
    redisContext* context =
        url.socket_path.empty()
            ? redisConnectWithTimeout(url.host.c_str(), url.port, connect_limit)
            : redisConnectUnixWithTimeout(url.socket_path.c_str(), connect_limit);
    if (context == nullptr) return unavailable("Redis cannot be reached: out of memory");
    std::unique_ptr<RedisConnection> connection(new RedisConnection(context));
    if (context->err != 0)
        return unavailable(std::string("Redis cannot be reached: ") + context->errstr);
    if (redisSetTimeout(context, timeval_of(timeouts.command)) != REDIS_OK)
        return unavailable("Redis cannot be reached: no timeout can be set");
    if (auto prepared = connection->prepare(url); !prepared.ok()) {
        // Nothing but the greeting was sent: whatever failed, nothing was done.
        return unavailable("Redis cannot be used: " + prepared.error().message);
    }
    return connection;
}

Status RedisConnection::prepare(const RedisUrl& url) {
    if (!url.password.empty() && url.user.empty()) TRY(command({"AUTH", url.password}));
    if (!url.password.empty() && !url.user.empty()) TRY(command({"AUTH", url.user, url.password}));
    if (url.database != 0) TRY(command({"SELECT", std::to_string(url.database)}));
    return ok();
}

RedisConnection::~RedisConnection() { redisFree(context_); }

bool RedisConnection::alive() const {
    char byte = 0;
    const ssize_t got = recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool RedisConnection::healthy() const { return context_->err == 0; }

Result<Reply> RedisConnection::command(const std::vector<std::string_view>& words) {
    std::vector<const char*> texts;
    std::vector<size_t> sizes;
    for (const auto word : words) {
        texts.push_back(word.data() == nullptr ? "" : word.data());
        sizes.push_back(word.size());
    }
    const std::unique_ptr<void, decltype(&freeReplyObject)> reply(
        redisCommandArgv(context_, static_cast<int>(words.size()), texts.data(), sizes.data()),
        &freeReplyObject);
    if (reply == nullptr)
        return Error{
            ErrorCode::kInDoubt,
            std::string("the connection to Redis broke before the answer: ") + context_->errstr};
    const auto& answer = *static_cast<const redisReply*>(reply.get());
    if (answer.type == REDIS_REPLY_ERROR)
        return refused({answer.str, static_cast<size_t>(answer.len)});
    return copied(answer);
}

}  // namespace ordinaut::events::redis
