// One request of a client and its one answer, in whichever era and over whichever stream it goes.
#pragma once
#include "era.h"
#include "session.h"

namespace mcp_http {

// Thread-safe, but for what says [handler]: only in the handler, before it returns.
class Exchange : public std::enable_shared_from_this<Exchange> {
public:
    struct Origin {
        ordinaut::Host host;
        ordinaut::Reply reply;
        Era era = Era::kSessions;
        std::shared_ptr<Session> session{};  // Null in the stateless era.
        bool takes_json = true, takes_events = true;
        std::string principal{};
        std::vector<std::string> scopes{};
    };
    Exchange(Origin origin, Message message);
    ~Exchange();

    const Message message;
    Era era() const { return origin_.era; }
    const std::shared_ptr<Session>& session() const { return origin_.session; }
    const ordinaut::Host& host() const { return origin_.host; }
    const std::vector<std::string>& scopes() const { return origin_.scopes; }
    bool takes_events() const { return origin_.takes_events; }

    // The first answer counts.
    void result(Json result);
    void fail(const RpcError& error);

    // [handler] The answer comes as events, after what report() and notify() send.
    void go_streaming();
    bool wants_progress() const { return !progress_token_.is_null(); }
    // `progress` that is not above the last one is left out.
    void report(double progress, double total, const std::string& text);
    void notify(const Json& message);
    // To the client's log, when it asked for this level.
    void log(std::string_view level, Json data);

    // Asks the server for an operation, as the client.
    void core(std::string_view operation, const Json& input, ordinaut::OnAnswer done,
              const ordinaut::CoreOptions& options = {}) const;
    // The request to act for. None: the client has left.
    std::optional<ordinaut::Reply> caller() const;
    // Runs when the client of a stream that broke off comes back for the rest. False: it cannot.
    bool when_back(std::function<void()> action);

    void cancel();  // The client wants no answer any more.
    bool canceled() const { return canceled_; }

private:
    bool take();  // The right to answer, for the first who asks.
    void send(const Json& response, int http);

    const Origin origin_;
    Json progress_token_{};
    std::shared_ptr<Channel> channel_;  // Set by go_streaming().
    std::atomic<bool> answered_{false}, canceled_{false};
    std::mutex mutex_;
    double progress_ = -1;
};

// Its rank, debug = 0; none: no such level.
std::optional<int> log_level_named(std::string_view name);

using ExchangePtr = std::shared_ptr<Exchange>;

// {"name", "title", "version"} of this server.
Json server_info();

}  // namespace mcp_http
