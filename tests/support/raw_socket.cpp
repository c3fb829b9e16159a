#include "tests/support/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/check.h"

namespace ordinaut::testing {
namespace {

sockaddr_in loopback(uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool wait_for(int fd, short events, std::chrono::steady_clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{fd, events, 0};
    return left.count() > 0 && poll(&entry, 1, static_cast<int>(left.count())) == 1;
}

// The body's length told by an answer's head; 0 without one.
size_t content_length(std::string head) {
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    const size_t at = head.find("\r\ncontent-length:");
    return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 17, nullptr, 10);
}

}  // namespace

RawSocket::RawSocket(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    CHECK(fd_ >= 0);
    const sockaddr_in address = loopback(port);
    CHECK(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawSocket::~RawSocket() {
    if (fd_ >= 0) close(fd_);
}

bool RawSocket::send(std::string_view bytes) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            bytes.remove_prefix(static_cast<size_t>(sent));
        else if (errno != EAGAIN || !wait_for(fd_, POLLOUT, deadline))
            return false;
    }
    return true;
}

void RawSocket::finish_sending() { shutdown(fd_, SHUT_WR); }

void RawSocket::reset() {
    const linger none{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(std::exchange(fd_, -1));
    closed_ = true;
}

bool RawSocket::fill(std::chrono::steady_clock::time_point deadline) {
    if (closed_ || !wait_for(fd_, POLLIN, deadline)) return false;
    std::array<char, 65536> bytes;
    const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
    if (got > 0)
        buffer_.append(bytes.data(), static_cast<size_t>(got));
    else
        closed_ = true;
    return got > 0;
}

std::string RawSocket::read_until(std::string_view text, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        if (const size_t at = buffer_.find(text); at != std::string::npos) {
            std::string taken = buffer_.substr(0, at + text.size());
            buffer_.erase(0, taken.size());
            return taken;
        }
        if (!fill(deadline)) return std::exchange(buffer_, {});
    }
}

std::string RawSocket::read_to_end(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (fill(deadline)) {
    }
    return std::exchange(buffer_, {});
}

std::string RawSocket::read_answer(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string answer = read_until("\r\n\r\n", limit);
    const size_t length = content_length(answer);
    while (buffer_.size() < length && fill(deadline)) {
    }
    const std::string body = buffer_.substr(0, length);
    buffer_.erase(0, body.size());
    return answer + body;
}

uint16_t free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    CHECK(fd >= 0 && bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

}  // namespace ordinaut::testing
