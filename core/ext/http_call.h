// One HTTP request on its way through an extension: what it was, who asked, and its one answer.
//
// The life of the call (handle, deadline, cancel, completion) is its Invocation's; whoever ends
// that first, answers here.
#pragma once
#include <ordinaut/http.h>

#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "ext/http_meter.h"
#include "ext/invocation.h"
#include "ext/routes.h"
#include "ext/static_files.h"
#include "http/router.h"

namespace ordinaut::ext {

struct HttpReply {
    int status = 200;
    http::Headers headers;
    std::string_view body;
};

// Thread-safe from admit() on.
class HttpCall : public std::enable_shared_from_this<HttpCall> {
public:
    // `refusal`: why the caller may only have what is public. `files`: who answers where no route
    // does; may be null.
    HttpCall(http::MountedRequest given, std::string extension_id, std::optional<Error> refusal,
             std::shared_ptr<const StaticFiles> files, std::shared_ptr<HttpMeter> meter);

    const http::Request& request() const { return given_.request; }
    const std::string& request_id() const { return given_.request_id; }
    std::span<const std::string> segments() const;  // Below /ext/<id>.
    const RouteFound& route() const { return route_; }

    // Finds its route among `routes`. False: there is none, or it may not be used; the request is
    // answered then.
    bool admit(const Routes& routes, Invocation& invocation);

    // The interface ord.http; see there for the outcomes. `invocation` is this call's.
    ord_status respond(Invocation& invocation, HttpReply reply);
    ord_status start(Invocation& invocation, HttpReply reply);
    ord_status write(Instance& asker, uint64_t token, std::string_view bytes);
    ord_status end(Invocation& invocation);
    // An error in the server's one shape; cuts an answer that has begun. False: somebody else was
    // first. `json` may hold {"retry_after_ms", "details", "http_status"}.
    bool fail(Invocation& invocation, EndedBy by, ord_status status, std::string_view json,
              std::string_view message);
    bool refuse(Invocation& invocation, const Error& error);
    // What the host made up; the invocation has ended.
    void ended_by_host(const tool::ToolResult& result);

    bool streaming() const;

private:
    enum class State { kOpen, kStreaming, kEnded };

    bool try_files(StaticFiles::Match match) const;
    void count(int status) const;
    void send(http::Response response, std::string_view error = {}) const;
    void send_error(const Error& error) const;
    void answer_without_route() const;
    void finish(const std::function<void(State)>& answer);  // Once, after the invocation has ended.
    void on_room();
    void tell_writers(ord_status status);

    const http::MountedRequest given_;
    const std::string extension_id_;
    const std::optional<Error> refusal_;
    const std::shared_ptr<const StaticFiles> files_;
    const std::shared_ptr<HttpMeter> meter_;
    const MonoTime began_;
    RouteFound route_;  // Written by admit().

    mutable std::mutex mutex_;  // Guards what follows.
    State state_ = State::kOpen;
    http::StreamWriter writer_;
    std::vector<uint64_t> waiting_;  // Tokens of refused writes, to be told of room.
    std::weak_ptr<Instance> asker_;  // Whose tokens they are.
};

// The error an extension's status stands for.
Error error_of(ord_status status, std::string message);

}  // namespace ordinaut::ext
