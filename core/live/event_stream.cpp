#include "live/event_stream.h"

#include "auth/scope.h"
#include "base/log.h"

namespace ordinaut::live {
namespace {

constexpr std::string_view kScope = "runs:read";
constexpr std::string_view kRetryMs = "2000";  // How soon a browser comes back.

store::OwnerFilter owner_of(const auth::Caller& caller) {
    return caller.admin() ? store::OwnerFilter{} : store::OwnerFilter{caller.agent_id};
}

class EventStream final : public Subscriber {
public:
    EventStream(Feed& feed, uint64_t ticket, http::StreamWriter writer,
                std::function<bool()> may_go_on)
        : feed_(feed),
          ticket_(ticket),
          writer_(std::move(writer)),
          may_go_on_(std::move(may_go_on)) {}

    Took joined(const store::ChangePosition& at) override {
        return sent("retry: " + std::string(kRetryMs) + "\nid: " + text_of(at) + "\n\n");
    }

    Took take(const std::vector<const Event*>& events, const store::ChangePosition&,
              bool live) override {
        text_.clear();
        for (const Event* event : events) text_ += event->frame;
        switch (writer_.write(text_)) {
            case http::WriteOutcome::kOk: return Took::kYes;
            case http::WriteOutcome::kGone: return Took::kGone;
            case http::WriteOutcome::kAgain: break;
        }
        if (live) {
            log_info("stream.slow_client_closed", {{"stream", ticket_}});
            writer_.abort();
            return Took::kGone;
        }
        writer_.on_room([&feed = feed_, ticket = ticket_] { feed.resume(ticket); });
        return Took::kFull;
    }

    Took resync(const store::ChangePosition& at, std::string_view reason) override {
        return sent(frame(at, "resync", resync_json(reason)));
    }

    Took beat(const store::ChangePosition& at) override {
        return sent(": heartbeat\nid: " + text_of(at) + "\n\n");
    }

    bool may_go_on() override { return may_go_on_(); }
    void refused() override { writer_.end(); }
    void left() override { writer_.end(); }

private:
    // Small things: a client without room for them has more to read anyway.
    Took sent(const std::string& text) {
        return writer_.write(text) == http::WriteOutcome::kGone ? Took::kGone : Took::kYes;
    }

    Feed& feed_;
    const uint64_t ticket_;
    const http::StreamWriter writer_;
    const std::function<bool()> may_go_on_;
    std::string text_;
};

// The caller is who it was, and may still look. While nobody can tell, there is nothing to see
// either.
std::function<bool()> watch_of(const http::StreamRequest& request) {
    return [identify = request.identify, was = request.caller] {
        const auto now = identify();
        if (!now.ok() && now.error().code == ErrorCode::kUnavailable) return true;
        return now.ok() && now->agent_id == was.agent_id && now->admin() == was.admin() &&
               auth::allows(now->scopes, kScope);
    };
}

}  // namespace

Status open_event_stream(Feed& feed, http::StreamRequest request) {
    Filter filter = TRY(filter_of_query(request.input));
    filter.owner = owner_of(request.caller);
    const uint64_t ticket = feed.new_ticket();
    const auto writer = request.responder.start(200, {{"Content-Type", "text/event-stream"},
                                                      {"Cache-Control", "no-store"},
                                                      {"X-Accel-Buffering", "no"},
                                                      {"X-Content-Type-Options", "nosniff"},
                                                      {"X-Request-ID", request.request_id}});
    if (request.head_only) return writer.end(), ok();
    Subscription subscription{
        .filter = std::move(filter),
        .subscriber = std::make_shared<EventStream>(feed, ticket, writer, watch_of(request))};
    if (!request.last_event_id.empty()) subscription.after = std::move(request.last_event_id);
    // Too many, or stopping: an end at once, after which a client comes back later.
    if (!feed.join(ticket, std::move(subscription)).ok()) return writer.end(), ok();
    // After joining, so that leaving is never the first of the two.
    request.responder.on_gone([&feed, ticket] { feed.leave(ticket); });
    return ok();
}

}  // namespace ordinaut::live
