// A program for the tests of process.h and http_client.h: says where it listens, answers every
// request with the request itself, and ends with code 7 on SIGTERM.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

int main() {
    std::signal(SIGTERM, [](int) { _exit(7); });
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener, 8) != 0)
        return 1;
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::fprintf(stderr, "GREETING=%s\n",
                 std::getenv("GREETING") == nullptr ? "" : std::getenv("GREETING"));
    std::printf("listening on port %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    for (;;) {
        const int client = accept(listener, nullptr, nullptr);
        char buffer[65536];
        const ssize_t got = read(client, buffer, sizeof buffer);
        const std::string request(buffer, got > 0 ? static_cast<size_t>(got) : 0);
        const std::string answer =
            "HTTP/1.1 200 OK\r\nX-Kind: echo\r\nConnection: close\r\nContent-Length: " +
            std::to_string(request.size()) + "\r\n\r\n" + request;
        if (write(client, answer.data(), answer.size()) < 0) std::perror("write");
        close(client);
    }
}
