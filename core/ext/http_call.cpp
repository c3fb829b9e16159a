#include "ext/http_call.h"

#include "base/json.h"
#include "base/log.h"
#include "ext/arguments.h"
#include "ext/instance.h"
#include "http/error_response.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kMessageBytesMax = 16 << 10;

WallTime now() { return SystemClock().wall_now(); }

ErrorCode code_of(ord_status status) {
    switch (status) {
        case ORD_E_INVALID: return ErrorCode::kInvalid;
        case ORD_E_DENIED: return ErrorCode::kDenied;
        case ORD_E_NOT_FOUND: return ErrorCode::kNotFound;
        case ORD_E_CONFLICT:
        case ORD_E_STATE: return ErrorCode::kConflict;
        case ORD_E_LIMIT: return ErrorCode::kTooLarge;
        case ORD_E_RATE_LIMITED: return ErrorCode::kRateLimited;
        case ORD_E_DEADLINE: return ErrorCode::kDeadline;
        case ORD_E_CANCELED:
        case ORD_E_AGAIN:
        case ORD_E_GONE:
        case ORD_E_RETRYABLE: return ErrorCode::kUnavailable;
        default: return ErrorCode::kInternal;
    }
}

// What an extension adds to an error; anything of another form is left out.
int take_more(std::string_view text, Error& error) {
    const auto json = parse_json(text);
    if (!json.ok() || !json->IsObject()) return 0;
    if (const auto* after = find(*json, "retry_after_ms"); after != nullptr && after->IsNumber())
        error.retry_after = std::chrono::milliseconds(
            static_cast<int64_t>(std::clamp(after->GetDouble(), 0.0, 1e12)));
    if (const auto* details = find(*json, "details"); details != nullptr && details->IsArray())
        for (const auto& detail : details->GetArray())
            if (detail.IsObject() && error.details.size() < 100)
                error.details.push_back({std::string(string_or(detail, "pointer", "")),
                                         std::string(string_or(detail, "message", ""))});
    const auto* status = find(*json, "http_status");
    return status != nullptr && status->IsInt() && status->GetInt() >= 400 &&
                   status->GetInt() <= 599
               ? status->GetInt()
               : 0;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string line;
    for (const auto& text : texts) line += (line.empty() ? "" : ", ") + text;
    return line;
}

}  // namespace

Error error_of(ord_status status, std::string message) {
    return Error{code_of(status), std::move(message)};
}

HttpCall::HttpCall(http::MountedRequest given, std::string extension_id,
                   std::optional<Error> refusal, std::shared_ptr<const StaticFiles> files,
                   std::shared_ptr<HttpMeter> meter)
    : given_(std::move(given)),
      extension_id_(std::move(extension_id)),
      refusal_(std::move(refusal)),
      files_(std::move(files)),
      meter_(std::move(meter)),
      began_(std::chrono::steady_clock::now()) {}

std::span<const std::string> HttpCall::segments() const {
    return std::span(given_.request.target.segments).subspan(2);
}

bool HttpCall::streaming() const {
    const std::lock_guard lock(mutex_);
    return state_ == State::kStreaming;
}

bool HttpCall::admit(const Routes& routes, Invocation& invocation) {
    route_ = routes.find(given_.request.method, segments(), given_.request.target.trailing_slash);
    std::optional<Error> error;
    if (route_.route != nullptr) {
        if (refusal_ && !route_.route->is_public)
            error = refusal_;
        else if (given_.request.body.size() > route_.route->body_bytes_max)
            error = Error{ErrorCode::kTooLarge, "the body is larger than the " +
                                                    std::to_string(route_.route->body_bytes_max) +
                                                    " bytes " + name_of(*route_.route) + " takes"};
        if (!error) return true;
    }
    if (!invocation.end(EndedBy::kHost)) return false;
    finish([&](State) { error ? send_error(*error) : answer_without_route(); });
    return false;
}

bool HttpCall::try_files(StaticFiles::Match match) const {
    if (files_ == nullptr || (refusal_ && !files_->is_public())) return false;
    const int status =
        files_->serve(given_.request, segments(), given_.responder, given_.request_id, match);
    if (status != 0) count(status);
    return status != 0;
}

// A file of that name beats a wrong method, which beats the index that stands in for what is not
// there.
void HttpCall::answer_without_route() const {
    if (try_files(StaticFiles::Match::kFile)) return;
    if (refusal_ && !route_.any_public && (files_ == nullptr || !files_->is_public()))
        return send_error(*refusal_);
    if (!route_.allowed.empty()) {
        const std::string allow = joined(route_.allowed);
        auto response =
            given_.request.method == "OPTIONS"
                ? http::Response{.status = 204}
                : http::error_response(405, "this path takes " + allow, given_.request_id, now());
        response.headers.set("Allow", allow);
        return send(std::move(response));
    }
    if (try_files(StaticFiles::Match::kFallback)) return;
    send_error(not_found("extension '" + extension_id_ + "' has nothing at this path"));
}

void HttpCall::count(int status) const {
    meter_->answered(status, std::chrono::steady_clock::now() - began_);
}

void HttpCall::send(http::Response response, std::string_view error) const {
    response.headers.set("X-Request-ID", given_.request_id);
    if (response.headers.find("x-content-type-options") == nullptr)
        response.headers.set("X-Content-Type-Options", "nosniff");
    if (response.headers.find("cache-control") == nullptr)
        response.headers.set("Cache-Control", "no-store");
    const std::string_view route =
        route_.route == nullptr ? std::string_view() : route_.route->pattern;
    if (response.status == 500)
        log_error("request.failed", {{"ext_id", extension_id_},
                                     {"request_id", given_.request_id},
                                     {"route", route},
                                     {"error", error}});
    else if (log_enabled(LogLevel::kDebug))
        log_debug("request.answered", {{"ext_id", extension_id_},
                                       {"request_id", given_.request_id},
                                       {"method", given_.request.method},
                                       {"route", route},
                                       {"status", response.status}});
    count(response.status);
    given_.responder.respond(std::move(response));
}

void HttpCall::send_error(const Error& error) const {
    send(http::error_response(error, given_.request_id, now()), error.message);
}

void HttpCall::finish(const std::function<void(State)>& answer) {
    State before{};
    http::StreamWriter writer;
    {
        const std::lock_guard lock(mutex_);
        before = std::exchange(state_, State::kEnded);
        writer = std::exchange(writer_, {});
    }
    if (before == State::kStreaming) writer.abort();
    answer(before);
    tell_writers(ORD_E_GONE);
}

ord_status HttpCall::respond(Invocation& invocation, HttpReply reply) {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kStreaming) return ORD_E_STATE;
        if (!invocation.end(EndedBy::kExtension)) return ORD_E_HANDLE;
        state_ = State::kEnded;
    }
    send({.status = reply.status,
          .headers = std::move(reply.headers),
          .body = std::string(reply.body)},
         "the extension answered 500");
    return ORD_OK;
}

ord_status HttpCall::start(Invocation& invocation, HttpReply reply) {
    http::StreamWriter writer;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kStreaming) return ORD_E_STATE;
        if (state_ == State::kEnded || invocation.ended()) return ORD_E_HANDLE;
        reply.headers.set("X-Request-ID", given_.request_id);
        if (reply.headers.find("cache-control") == nullptr)
            reply.headers.set("Cache-Control", "no-store");
        if (reply.headers.find("x-content-type-options") == nullptr)
            reply.headers.set("X-Content-Type-Options", "nosniff");
        writer_ = given_.responder.start(reply.status, reply.headers);
        writer = writer_;
        state_ = State::kStreaming;
    }
    invocation.lift_deadline();
    count(reply.status);
    // Outside the lock: what becomes due in a write may come back here.
    writer.write(reply.body);
    return ORD_OK;
}

ord_status HttpCall::write(Instance& asker, uint64_t token, std::string_view bytes) {
    http::StreamWriter writer;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kOpen) return ORD_E_STATE;
        if (state_ == State::kEnded) return ORD_E_HANDLE;
        writer = writer_;
    }
    switch (writer.write(bytes)) {
        case http::WriteOutcome::kOk: return ORD_OK;
        case http::WriteOutcome::kGone: return ORD_E_GONE;
        case http::WriteOutcome::kAgain: break;
    }
    if (const ord_status refused = asker.open_downcall(token, 0); refused != ORD_OK) return refused;
    bool first = false;
    bool ended = false;
    {
        const std::lock_guard lock(mutex_);
        ended = state_ == State::kEnded;
        first = waiting_.empty();
        waiting_.push_back(token);
        asker_ = asker.weak_from_this();
    }
    if (ended)
        tell_writers(ORD_E_GONE);
    else if (first)
        writer.on_room([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->on_room();
        });
    return ORD_E_AGAIN;
}

void HttpCall::on_room() {
    http::StreamWriter writer;
    {
        const std::lock_guard lock(mutex_);
        writer = writer_;
    }
    tell_writers(writer.write({}) == http::WriteOutcome::kGone ? ORD_E_GONE : ORD_OK);
}

void HttpCall::tell_writers(ord_status status) {
    std::vector<uint64_t> tokens;
    std::shared_ptr<Instance> asker;
    {
        const std::lock_guard lock(mutex_);
        tokens.swap(waiting_);
        asker = asker_.lock();
    }
    if (asker == nullptr) return;
    for (const uint64_t token : tokens)
        asker->answer(token, status, status == ORD_OK ? "" : R"({"message":"the client has gone"})",
                      "", ORD_ASYNC_WRITABLE);
}

ord_status HttpCall::end(Invocation& invocation) {
    http::StreamWriter writer;
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kOpen) return ORD_E_STATE;
        if (!invocation.end(EndedBy::kExtension)) return ORD_E_HANDLE;
        state_ = State::kEnded;
        writer = std::exchange(writer_, {});
    }
    writer.end();
    tell_writers(ORD_E_GONE);
    return ORD_OK;
}

bool HttpCall::fail(Invocation& invocation, EndedBy by, ord_status status, std::string_view json,
                    std::string_view message) {
    if (!invocation.end(by)) return false;
    Error error = error_of(status, clean(message, kMessageBytesMax));
    const int chosen = json.empty() ? 0 : take_more(json, error);
    if (error.message.empty()) error.message = "the extension answered " + status_name(status);
    finish([&](State before) {
        if (before != State::kOpen)
            return log_warn("request.cut", {{"ext_id", extension_id_},
                                            {"request_id", given_.request_id},
                                            {"error", error.message}});
        if (chosen != 0)
            return send(http::error_response(chosen, error, given_.request_id, now()),
                        error.message);
        if (status == ORD_E_TERMINAL)
            return send(http::error_response(500, error, given_.request_id, now()), error.message);
        if (status == ORD_E_UNSUPPORTED)
            return send(http::error_response(501, error, given_.request_id, now()), error.message);
        send_error(error);
    });
    return true;
}

bool HttpCall::refuse(Invocation& invocation, const Error& error) {
    if (!invocation.end(EndedBy::kHost)) return false;
    finish([&](State) { send_error(error); });
    return true;
}

void HttpCall::ended_by_host(const tool::ToolResult& result) {
    finish([&](State before) {
        if (before != State::kOpen) return;
        const bool late = result.outcome == tool::Outcome::kTimedOut;
        send_error(Error{late ? ErrorCode::kDeadline : ErrorCode::kUnavailable, result.message});
    });
}

}  // namespace ordinaut::ext
