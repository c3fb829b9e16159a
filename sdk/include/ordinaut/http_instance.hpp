// The bodies of http.hpp's members. Authors need not read it. Included by boundary.hpp.
#pragma once
#include "http_stream.hpp"
#include "instance.hpp"

namespace ordinaut {

inline Reply& Reply::set(std::string name, std::string value) {
    for (auto& header : headers_)
        if (header.first == name) return header.second = std::move(value), *this;
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

inline ord_http_response Reply::make(std::vector<ord_kv>& headers, std::string_view content_type,
                                     std::string_view body) const {
    bool typed = content_type.empty();
    for (const auto& [name, value] : headers_) {
        typed = typed || name == "Content-Type" || name == "content-type";
        headers.push_back({to_ord(name), to_ord(value)});
    }
    if (!typed) headers.push_back({to_ord("Content-Type"), to_ord(content_type)});
    ord_http_response response{};
    response.struct_size = sizeof response;
    response.status = static_cast<uint32_t>(status_);
    response.inv = completion_.inv();
    response.headers = headers.data();
    response.n_headers = static_cast<uint32_t>(headers.size());
    response.body = to_ord(body);
    return response;
}

// An answer the host refuses (a header with a line break, say) must not leave the request open.
inline void Reply::send(std::string_view content_type, std::string_view body) const {
    auto& state = *completion_.state_;
    if (!state.take()) return;
    std::vector<ord_kv> headers;
    const ord_http_response response = make(headers, content_type, body);
    const ord_status status = state.instance->http().respond(state.instance->self(), &response);
    if (status != ORD_OK && status != ORD_E_HANDLE)
        state.instance->host()->finish(
            state.inv, ORD_E_INTERNAL, {},
            to_ord("the host refused the answer (status " + std::to_string(status) + ")"));
}
inline void Reply::no_content() const {
    Reply empty = *this;
    empty.status(status_ == 200 ? 204 : status_).send({}, {});
}
inline void Reply::redirect(std::string location, int status) const {
    Reply elsewhere = *this;
    elsewhere.status(status).set("Location", std::move(location)).send({}, {});
}
inline void Reply::error(int status, std::string_view message, const Json& details) const {
    Json json{{"http_status", status}};
    if (!details.is_null()) json.set("details", details);
    completion_.state_->finish(ORD_E_TERMINAL, json.text(), message);
}
inline bool Reply::answered() const { return completion_.state_->done; }

inline Stream Reply::stream(std::string_view content_type) const {
    auto& state = *completion_.state_;
    std::vector<ord_kv> headers;
    const ord_http_response response = make(headers, content_type, {});
    const ord_status status =
        state.done ? ORD_E_STATE : state.instance->http().start(state.instance->self(), &response);
    if (status != ORD_OK && status != ORD_E_HANDLE)
        throw CallError(ORD_E_INTERNAL,
                        "the stream cannot start (status " + std::to_string(status) + ")");
    Stream stream(completion_);
    stream.on_gone([] {});
    return stream;
}

inline const Json& Request::body_json() {
    if (!body_) try {
            body_ = Json::parse(body());
        } catch (const JsonError& error) {
            throw HttpError(400, std::string("the body must be JSON: ") + error.what());
        }
    return *body_;
}
inline std::vector<std::string> Request::query_all(std::string_view name) const {
    std::vector<std::string> values;
    for (uint32_t n = 0; n < raw_->n_query; ++n)
        if (to_view(raw_->query[n].key) == name) values.emplace_back(to_view(raw_->query[n].value));
    return values;
}
inline Stream Request::stream(std::string_view content_type) {
    kept_ = true;
    return reply_.stream(content_type);
}
inline Reply Request::later() {
    kept_ = true;
    return reply_;
}

inline void Setup::route(std::string_view method, std::string_view pattern, RouteHandler handler,
                         uint64_t body_bytes_max) {
    instance_.add_route(method, pattern, std::move(handler), body_bytes_max);
}

inline void Instance::add_route(std::string_view method, std::string_view pattern,
                                RouteHandler handler, uint64_t body_bytes_max) {
    if (http_ == nullptr) http_ = &table<ord_http_v1>("ord.http");
    ord_route route{};
    route.struct_size = sizeof route;
    route.token = routes_.size();
    route.method = to_ord(method);
    route.pattern = to_ord(pattern);
    route.body_max = body_bytes_max;
    const ord_status status = http_->add_route(self_, &route);
    // What else the extension offers need not suffer.
    if (status == ORD_E_DENIED) {
        if (!std::exchange(no_routes_, true))
            log(Level::kWarn, "the routes are left out: ROUTES is not granted");
        return;
    }
    if (status != ORD_OK)
        throw CallError(status, "the route '" + std::string(pattern) + "' is refused (status " +
                                    std::to_string(status) + ")");
    routes_.push_back(std::move(handler));
}

inline ord_status Instance::on_http(const ord_http_request& raw) {
    if (raw.route_token >= routes_.size()) return ORD_E_NOT_FOUND;
    Request request(raw,
                    Reply(Completion(std::make_shared<Completion::State>(this, raw.call->inv))),
                    Host(*this));
    const Completion& completion = request.completion();
    try {
        routes_[raw.route_token](request);
        if (!request.kept_ && !request.reply_.answered())
            completion.fail(ORD_E_INTERNAL, "the handler returned without an answer");
    } catch (const HttpError& error) {
        request.error(error.status, error.what(), error.details);
    } catch (const CallError& error) {
        completion.fail(error.status, error.what(), error.details);
    } catch (const std::exception& error) {
        completion.fail(ORD_E_INTERNAL, error.what());
    } catch (...) {
        completion.fail(ORD_E_INTERNAL, "an exception that is no std::exception");
    }
    return ORD_OK;
}

inline Written Instance::write(ord_handle inv, std::string_view bytes,
                               std::function<void()> when_room) {
    const uint64_t token = ++last_token_;
    const bool asks = static_cast<bool>(when_room);
    if (asks) {
        const std::lock_guard lock(mutex_);
        waiting_.emplace(token, [action = std::move(when_room)](const Answer&) { action(); });
    }
    const ord_http_write piece{sizeof piece, 0, inv, token, to_ord(bytes)};
    const ord_status status = http_->write(self_, &piece);
    if (status == ORD_E_AGAIN) return Written::kFull;
    OnAnswer dropped;  // Destroyed after the lock is released: it may own a call.
    if (asks) {
        const std::lock_guard lock(mutex_);
        if (const auto found = waiting_.find(token); found != waiting_.end()) {
            dropped = std::move(found->second);
            waiting_.erase(found);
        }
    }
    if (status == ORD_E_LIMIT)
        throw CallError(ORD_E_INTERNAL, "more than 1 MiB was written at once");
    return status == ORD_OK ? Written::kOk : Written::kGone;
}

}  // namespace ordinaut
