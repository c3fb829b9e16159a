#include "exchange.h"

namespace mcp_http {

Exchange::Exchange(Origin origin, Message given)
    : message(std::move(given)), origin_(std::move(origin)) {
    if (const Json* token = message.meta().find("progressToken");
        token != nullptr && (token->is_string() || token->is_number()))
        progress_token_ = *token;
}

Exchange::~Exchange() {
    if (answered_) return;
    try {
        fail(RpcError(kInternalError, "the request ended without an answer"));
    } catch (const std::exception&) {
        // Its stream did not open: there is nobody left to tell.
    }
}

bool Exchange::take() {
    if (answered_.exchange(true)) return false;
    if (origin_.session) origin_.session->ended(message.id);
    return true;
}

void Exchange::result(Json result) {
    if (!take()) return;
    if (origin_.era == Era::kStateless) {
        if (result.find("resultType") == nullptr) result.set("resultType", "complete");
        const Json* known = result.find("_meta");
        Json meta = known == nullptr ? Json::object() : *known;
        meta.set(std::string(kMetaServer), server_info());
        result.set("_meta", std::move(meta));
    }
    send(response_of(message.id, std::move(result)), 200);
}

void Exchange::fail(const RpcError& error) {
    if (take()) send(error_of(message.id, error), error.http);
}

void Exchange::send(const Json& response, int http) {
    if (channel_ == nullptr && !origin_.takes_json && http == 200) go_streaming();
    if (channel_ != nullptr) {
        if (!canceled_) channel_->send(response);
        return channel_->finish();
    }
    ordinaut::Reply reply = origin_.reply;
    reply.status(http).json(response);
}

void Exchange::go_streaming() {
    if (channel_ != nullptr) return;
    const bool resumable = origin_.session != nullptr;
    const auto channel = resumable ? origin_.session->open_channel()
                                   : std::make_shared<Channel>(origin_.host, "r", false);
    channel->attach(origin_.reply, 0, resumable && origin_.session->version == "2025-11-25");
    channel_ = channel;
}

void Exchange::notify(const Json& notification) {
    if (channel_ != nullptr && !answered_) channel_->send(notification);
}

void Exchange::report(double progress, double total, const std::string& text) {
    if (progress_token_.is_null()) return;
    {
        const std::lock_guard lock(mutex_);
        if (progress <= progress_) return;
        progress_ = progress;
    }
    notify(notification_of("notifications/progress", {{"progressToken", progress_token_},
                                                      {"progress", progress},
                                                      {"total", total},
                                                      {"message", text}}));
}

void Exchange::log(std::string_view level, Json data) {
    std::optional<int> wanted;
    if (origin_.session) {
        wanted = origin_.session->log_level();
    } else if (const Json* asked = message.meta().find(kMetaLogLevel);
               asked != nullptr && asked->is_string()) {
        wanted = log_level_named(asked->as_string());
    }
    if (!wanted || log_level_named(level).value_or(0) < *wanted) return;
    notify(notification_of("notifications/message",
                           {{"level", level}, {"logger", "ordinaut"}, {"data", std::move(data)}}));
}

void Exchange::core(std::string_view operation, const Json& input, ordinaut::OnAnswer done,
                    const ordinaut::CoreOptions& options) const {
    const ordinaut::Reply reply = caller().value_or(origin_.reply);
    origin_.host.core(&reply.completion(), operation, input.text(), std::move(done), options);
}

std::optional<ordinaut::Reply> Exchange::caller() const {
    if (channel_ != nullptr) return channel_->listener();
    if (origin_.reply.canceled()) return std::nullopt;
    return origin_.reply;
}

bool Exchange::when_back(std::function<void()> action) {
    if (channel_ == nullptr || origin_.session == nullptr || canceled_) return false;
    channel_->when_attached(std::move(action));
    return true;
}

void Exchange::cancel() {
    canceled_ = true;
    fail(RpcError(kInvalidRequest, "canceled by the client"));
}

std::optional<int> log_level_named(std::string_view name) {
    static constexpr std::string_view kLevels[] = {"debug", "info",     "notice", "warning",
                                                   "error", "critical", "alert",  "emergency"};
    for (int n = 0; n < 8; ++n)
        if (kLevels[n] == name) return n;
    return std::nullopt;
}

Json server_info() {
    return {{"name", "ordinaut"}, {"title", "Ordinaut"}, {"version", ORDINAUT_EXTENSION_VERSION}};
}

}  // namespace mcp_http
