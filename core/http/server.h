// The HTTP/1.1 server: sockets in, requests to a handler on the work pool, answers out.
//
// Pistache accepts, polls and receives; everything else is ours (request_reader.h, connection.h),
// because its framing, writes and timeouts are not fit for clients one does not trust. No TLS: that
// belongs to a proxy in front.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/work_pool.h"
#include "http/limits.h"
#include "http/responder.h"

namespace ordinaut::http {

struct ServerOptions {
    // An IPv4 or IPv6 address, or "localhost" (which is 127.0.0.1).
    std::string host = "127.0.0.1";
    uint16_t port = 0;  // 0 = a free one.
    int io_threads = 2;
    Limits limits = {};
};

// Thread-safe.
class Server {
public:
    // Listens from its return on. `handler` runs on `pool`, never on a thread that reads sockets.
    // `clock` and `pool` must outlive the server and every Responder. kInvalid: `host` is not an
    // address. kUnavailable: the port is in use, or the address is not this machine's. Raises the
    // soft limit on open files as far as connections_max needs; where the hard limit is lower, that
    // many connections are served and further ones told 503.
    static Result<std::unique_ptr<Server>> start(const ServerOptions& options, const Clock& clock,
                                                 WorkPool& pool, Handler handler);
    ~Server();  // As stop(0).

    uint16_t port() const;
    std::string url() const;  // "http://127.0.0.1:8080"
    size_t connections() const;

    // Takes no new connections or requests, lets answers in flight finish for at most `drain`,
    // closes everything. Idempotent. Not from a handler.
    void stop(std::chrono::milliseconds drain);

private:
    struct Intake;
    explicit Server(std::unique_ptr<Intake> intake);
    std::unique_ptr<Intake> intake_;
};

}  // namespace ordinaut::http
