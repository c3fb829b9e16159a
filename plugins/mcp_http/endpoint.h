// The one HTTP endpoint of the protocol: who may come in, which era a message is of, and sessions.
#pragma once
#include "server.h"

namespace mcp_http {

// Which Host and Origin are answered, against DNS rebinding. Names of this machine and numeric
// addresses always are: a page that was rebound comes with the name of its attacker.
class Doorkeeper {
public:
    // From the configuration: {"allowed_hosts": [...], "allowed_origins": [...]}.
    explicit Doorkeeper(const Json& config);
    // RpcError with HTTP 403 that says how to allow it.
    void check(const ordinaut::Request& request) const;

private:
    std::vector<std::string> hosts_, origins_;
};

// Thread-safe.
class Endpoint {
public:
    Endpoint(ServerPtr server, const Json& config) : server_(std::move(server)), door_(config) {}
    void post(ordinaut::Request& request) const;
    void get(ordinaut::Request& request) const;
    void remove(ordinaut::Request& request) const;

private:
    void stateless(ordinaut::Request& request, Message message) const;
    void with_session(ordinaut::Request& request, Message message) const;
    void begin_session(ordinaut::Request& request, const Message& message) const;
    std::shared_ptr<Session> session_of(const ordinaut::Request& request) const;
    void begin(const ExchangePtr& exchange) const;

    ServerPtr server_;
    Doorkeeper door_;
};

}  // namespace mcp_http
