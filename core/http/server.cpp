#include "http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

// Pistache has a TRY of its own.
#pragma push_macro("TRY")
#undef TRY
#include <pistache/endpoint.h>
#include <pistache/http.h>
#include <pistache/peer.h>
#pragma pop_macro("TRY")

#include "base/log.h"
#include "http/connection.h"

namespace ordinaut::http {
namespace {

constexpr int kBacklog = 1024;
// Connections over the limit that are told so; further ones are just closed.
constexpr size_t kRefusalsMax = 64;
constexpr const char* kConnectionKey = "connection";

// Descriptors for everything that is no connection.
constexpr rlim_t kOtherFiles = 512;
constexpr size_t kConnectionsLeast = 16;

rlim_t open_files_limit() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

// Raises the soft limit as far as `wanted` connections need and may, and says how many there is
// room for. Each takes two descriptors; ours lie in the upper half of the range (see duplicate()).
// Without descriptors to spare, accepting would fail over and over instead of refusing.
size_t room_for_connections(size_t wanted) {
    const rlim_t needed = 2 * (wanted + kRefusalsMax) + kOtherFiles;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed) {
        limit.rlim_cur = std::min(needed, limit.rlim_max);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    const rlim_t available = open_files_limit();
    if (available >= needed) return wanted;
    const rlim_t taken = 2 * (kRefusalsMax + kConnectionsLeast) + kOtherFiles;
    const size_t room = kConnectionsLeast + (available > taken ? (available - taken) / 2 : 0);
    log_info("http.connections_limited",
             {{"wanted", wanted}, {"room", room}, {"open_files", available}});
    return std::min(wanted, room);
}

// A duplicate of the socket that is ours alone. Pistache chooses a thread by the descriptor's
// number, so the duplicates stay out of the range its own numbers come from; otherwise they would
// fall on a few threads.
int duplicate(int fd) {
    const auto half = static_cast<int>(std::min<rlim_t>(open_files_limit(), 1 << 20) / 2);
    const int own = fcntl(fd, F_DUPFD_CLOEXEC, half);
    return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

struct Door {
    explicit Door(std::shared_ptr<Shared> s) : shared(std::move(s)) {}
    const std::shared_ptr<Shared> shared;
    std::atomic<bool> open{true};
};

// Pistache clones its handler per thread; all clones share the door. The parent class's request
// parsing, timeouts and writes are never reached: its three entry points are replaced.
class SocketEvents final : public Pistache::Http::Handler {
public:
    HTTP_PROTOTYPE(SocketEvents)
    explicit SocketEvents(std::shared_ptr<Door> door) : door_(std::move(door)) {}

    void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter) override {}

private:
    void onConnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        // Pistache's own timeouts look for this parser in every peer.
        peer->putData(ParserData, std::make_shared<Pistache::Http::RequestParser>(1));
        peer->setIdle(true);
        const auto& shared = door_->shared;
        const auto count = shared->flusher.size();
        const auto limit = shared->limits.connections_max;
        const int fd = door_->open && count < limit + kRefusalsMax ? duplicate(peer->fd()) : -1;
        if (fd < 0) {
            ::shutdown(peer->fd(), SHUT_RDWR);
            return;
        }
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto connection = std::make_shared<Connection>(shared, fd, peer->address().host());
        // Weak: the flusher owns connections, and none dies inside Pistache.
        peer->putData(kConnectionKey, std::make_shared<std::weak_ptr<Connection>>(connection));
        connection->open();
        if (count >= limit) connection->refuse_busy();
        if (!door_->open) connection->kill();
    }

    void onInput(const char* bytes, size_t size,
                 const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        if (const auto connection = connection_of(*peer)) connection->on_input({bytes, size});
    }

    void onDisconnection(const std::shared_ptr<Pistache::Tcp::Peer>& peer) override {
        if (const auto connection = connection_of(*peer)) connection->on_input_closed();
    }

    static std::shared_ptr<Connection> connection_of(const Pistache::Tcp::Peer& peer) {
        const auto held =
            std::static_pointer_cast<std::weak_ptr<Connection>>(peer.tryGetData(kConnectionKey));
        return held ? held->lock() : nullptr;
    }

    std::shared_ptr<Door> door_;
};

bool is_ipv6(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

Result<Pistache::Address> parse_host(const std::string& host, uint16_t port) {
    if (host == "localhost") return Pistache::Address("127.0.0.1", Pistache::Port(port));
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return Pistache::Address(host, Pistache::Port(port));
    if (is_ipv6(host)) return Pistache::Address("[" + host + "]", Pistache::Port(port));
    return invalid(
        "/host",
        "\"" + host +
            "\" is not an IPv4 or IPv6 address (127.0.0.1, ::1, 0.0.0.0, …) nor localhost");
}

Error listen_error(const ServerOptions& options, int error_number) {
    const auto place = options.host + " port " + std::to_string(options.port);
    if (error_number == EADDRINUSE)
        return unavailable("cannot listen on " + place +
                           ": the port is in use; stop what uses it or choose another");
    if (error_number == EACCES)
        return unavailable("cannot listen on " + place +
                           ": ports below 1024 need root; choose another");
    if (error_number == EADDRNOTAVAIL)
        return unavailable("cannot listen on " + place +
                           ": the address is not one of this machine's");
    return unavailable("cannot listen on " + place + ": " + std::strerror(error_number));
}

// No request of ours is ever known to Pistache, but its timers run all the same.
constexpr std::chrono::hours kNever{24 * 30};

}  // namespace

struct Server::Intake {
    std::shared_ptr<Shared> shared;
    std::shared_ptr<Door> door;
    std::unique_ptr<Pistache::Http::Endpoint> endpoint;
    std::string host;
    uint16_t port = 0;
    std::mutex stopping = {};
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const Clock& clock,
                                              WorkPool& pool, Handler handler) {
    // Not TRY: Pistache has a macro of that name.
    const auto address = parse_host(options.host, options.port);
    if (!address.ok()) return address.error();
    Limits limits = options.limits;
    limits.connections_max = room_for_connections(limits.connections_max);
    std::shared_ptr<Shared> shared(
        new Shared{limits, clock, pool, std::move(handler), Flusher(clock)});
    auto door = std::make_shared<Door>(shared);
    auto endpoint = std::make_unique<Pistache::Http::Endpoint>(*address);
    errno = 0;
    try {
        auto settings = Pistache::Http::Endpoint::options().threads(options.io_threads);
        settings.headerTimeout(kNever).bodyTimeout(kNever).keepaliveTimeout(kNever);
        endpoint->init(settings);
        // init() ignores the backlog it was given; the listener itself does not.
        endpoint->initArgs(
            static_cast<size_t>(options.io_threads),
            Pistache::Flags<Pistache::Tcp::Options>(Pistache::Tcp::Options::ReuseAddr) |
                Pistache::Tcp::Options::CloseOnExec,
            "ord-http", kBacklog);
        endpoint->setHandler(Pistache::Http::make_handler<SocketEvents>(door));
        endpoint->serveThreaded();
    } catch (const std::exception& fault) {
        const int error_number = errno;
        if (error_number != 0) return listen_error(options, error_number);
        return unavailable("cannot listen on " + options.host + ": " + fault.what());
    }
    const auto port = static_cast<uint16_t>(endpoint->getPort());
    auto intake =
        std::unique_ptr<Intake>(new Intake{shared, door, std::move(endpoint), options.host, port});
    return std::unique_ptr<Server>(new Server(std::move(intake)));
}

Server::Server(std::unique_ptr<Intake> intake) : intake_(std::move(intake)) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

uint16_t Server::port() const { return intake_->port; }

std::string Server::url() const {
    const auto host = is_ipv6(intake_->host) ? "[" + intake_->host + "]" : intake_->host;
    return "http://" + host + ":" + std::to_string(intake_->port);
}

size_t Server::connections() const { return intake_->shared->flusher.size(); }

void Server::stop(std::chrono::milliseconds drain) {
    const std::lock_guard lock(intake_->stopping);
    if (!intake_->endpoint) return;
    auto& flusher = intake_->shared->flusher;
    intake_->door->open = false;
    for (const auto& connection : flusher.all()) connection->begin_stop();
    if (!flusher.wait_until_nothing_owed(drain))
        log_warn("http.drain_cut", {{"connections", flusher.size()}});
    intake_->endpoint->shutdown();
    intake_->endpoint.reset();
    flusher.stop();
    for (const auto& connection : flusher.all()) connection->kill();
}

}  // namespace ordinaut::http
