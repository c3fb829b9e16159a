#include "embedded/redis_server.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>

#include "embedded/binaries.h"

namespace ordinaut::embedded {

Result<RedisServer> RedisServer::find(const DataDir& dir, const std::string& path, bool durable) {
    RedisServer server;
    server.program_ = TRY(find_redis(path));
    server.directory_ = dir.redis();
    server.socket_ = dir.sockets() + "/redis.sock";
    server.durable_ = durable;
    return server;
}

Status RedisServer::prepare(const RunTool&) {
    std::error_code ignored;
    std::filesystem::remove(socket_, ignored);
    return ok();
}

std::vector<std::string> RedisServer::command() const {
    // everysec: written before the reply and synced within a second, so only a crash of the machine
    // can lose events that the outbox in PostgreSQL then sends again.
    return {program_,
            "--port",
            "0",
            "--unixsocket",
            socket_,
            "--unixsocketperm",
            "700",
            "--dir",
            directory_,
            "--appendonly",
            "yes",
            "--appendfsync",
            durable_ ? "everysec" : "no",
            "--save",
            "",
            "--daemonize",
            "no",
            "--logfile",
            "",
            "--maxmemory-policy",
            "noeviction",
            "--supervised",
            "no"};
}

bool RedisServer::ready(int) const {
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.c_str(), sizeof address.sun_path - 1);
    // It answers "-LOADING" while it reads the append-only file, and nothing when it is stuck.
    const timeval patience{0, 200'000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char answer[5] = {};
    const bool pong =
        connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
        recv(fd, answer, sizeof answer, MSG_WAITALL) == 5 && std::memcmp(answer, "+PONG", 5) == 0;
    close(fd);
    return pong;
}

int RedisServer::stop_signal() const { return SIGTERM; }

}  // namespace ordinaut::embedded
