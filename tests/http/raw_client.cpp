#include "tests/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace ordinaut::http {
namespace {

constexpr int kPatienceSeconds = 20;  // Only a failing test ever waits this long.

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return result;
}

}  // namespace

std::string Answer::header(std::string_view name) const {
    const auto heads = lower(head);
    const auto at = heads.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
}

RawClient::RawClient(uint16_t port, int receive_buffer_bytes) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = kPatienceSeconds, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer_bytes > 0)
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                     sizeof receive_buffer_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

RawClient::~RawClient() {
    if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
}

void RawClient::half_close() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd_);
    fd_ = -1;
}

bool RawClient::fill() {
    char bytes[65536];
    const auto count = ended_ ? 0 : ::recv(fd_, bytes, sizeof bytes, 0);
    if (count <= 0) {
        ended_ = true;
        return false;
    }
    buffer_.append(bytes, static_cast<size_t>(count));
    return true;
}

std::string RawClient::read_some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, {});
}

std::string RawClient::read_until_closed() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
}

bool RawClient::closed_by_server() {
    if (!buffer_.empty()) return false;
    char byte = 0;
    const auto count = ::recv(fd_, &byte, 1, 0);
    return count == 0 || (count < 0 && errno == ECONNRESET);
}

Answer RawClient::read_answer(bool to_head) {
    size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!fill()) return {};
    Answer answer;
    answer.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    const int status = std::atoi(answer.head.c_str() + sizeof "HTTP/1.1");
    if (to_head || status == 204 || status == 304 || status < 200) {
        answer.status = status;
    } else if (answer.header("transfer-encoding") == "chunked") {
        for (;;) {
            size_t eol = 0;
            while ((eol = buffer_.find("\r\n")) == std::string::npos)
                if (!fill()) return answer;
            const auto size = std::stoull(buffer_.substr(0, eol), nullptr, 16);
            while (buffer_.size() < eol + 2 + size + 2)
                if (!fill()) return answer;
            answer.body += buffer_.substr(eol + 2, size);
            buffer_.erase(0, eol + 2 + size + 2);
            if (size == 0) break;
        }
        answer.status = status;
    } else {
        const auto size = static_cast<size_t>(std::atoll(answer.header("content-length").c_str()));
        while (buffer_.size() < size)
            if (!fill()) return answer;
        answer.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        answer.status = status;
    }
    return answer;
}

}  // namespace ordinaut::http
