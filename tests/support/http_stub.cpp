#include "tests/support/http_stub.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <optional>
#include <thread>

#include "base/check.h"

namespace ordinaut::testing {
namespace {

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
    return text;
}

// One request off the socket; nullopt when the peer left before it was whole.
std::optional<StubRequest> receive(int socket) {
    std::string text;
    size_t head = std::string::npos;
    size_t wanted = std::string::npos;
    StubRequest request;
    while (wanted == std::string::npos || text.size() < wanted) {
        char buffer[65536];
        const ssize_t count = recv(socket, buffer, sizeof buffer, 0);
        if (count <= 0) return std::nullopt;
        text.append(buffer, static_cast<size_t>(count));
        if (head != std::string::npos || (head = text.find("\r\n\r\n")) == std::string::npos)
            continue;
        const size_t first = text.find(' ');
        request.method = text.substr(0, first);
        request.target = text.substr(first + 1, text.find(' ', first + 1) - first - 1);
        for (size_t line = text.find("\r\n") + 2; line < head + 2;
             line = text.find("\r\n", line) + 2) {
            const size_t colon = text.find(':', line);
            const size_t value = text.find_first_not_of(' ', colon + 1);
            request.headers[lower(text.substr(line, colon - line))] =
                text.substr(value, text.find("\r\n", line) - value);
        }
        const auto length = request.headers.find("content-length");
        wanted = head + 4 + (length == request.headers.end() ? 0 : std::stoul(length->second));
    }
    request.body = text.substr(head + 4);
    return request;
}

void respond(int socket, const StubAnswer& answer) {
    std::string text =
        "HTTP/1.1 " + std::to_string(answer.status) +
        " Stub\r\nConnection: close\r\nContent-Length: " + std::to_string(answer.body.size()) +
        "\r\n";
    if (!answer.headers.contains("Content-Type")) text += "Content-Type: application/json\r\n";
    for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
    text += "\r\n" + answer.body;
    for (size_t sent = 0; sent < text.size();) {
        const ssize_t count = send(socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += static_cast<size_t>(count);
    }
}

}  // namespace

struct HttpStub::State {
    std::function<StubAnswer(const StubRequest&)> answer;
    int listener = -1;
    int port = 0;
    mutable std::mutex mutex;
    std::vector<StubRequest> requests;
    std::thread thread;

    void serve() {
        for (;;) {
            const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;  // Shut down.
            if (const auto request = receive(socket)) {
                {
                    std::lock_guard lock(mutex);
                    requests.push_back(*request);
                }
                respond(socket, answer(*request));
            }
            close(socket);
        }
    }
};

HttpStub::HttpStub(std::function<StubAnswer(const StubRequest&)> answer)
    : state_(std::make_unique<State>()) {
    state_->answer = std::move(answer);
    state_->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(bind(state_->listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    CHECK(listen(state_->listener, 128) == 0);
    CHECK(getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    state_->port = ntohs(address.sin_port);
    state_->thread = std::thread([state = state_.get()] { state->serve(); });
}

HttpStub::~HttpStub() {
    shutdown(state_->listener, SHUT_RDWR);
    state_->thread.join();
    close(state_->listener);
}

std::string HttpStub::url() const { return "http://127.0.0.1:" + std::to_string(state_->port); }

std::vector<StubRequest> HttpStub::requests() const {
    std::lock_guard lock(state_->mutex);
    return state_->requests;
}

}  // namespace ordinaut::testing
