// How the fake host calls the extension. Included by fake_host.hpp.
#pragma once
#include "fake_host.hpp"

namespace ordinaut::testing {

// Texts the extension may not read past: in the guarded layout they end at unreadable memory,
// without a NUL.
class Texts {
public:
    explicit Texts(Layout layout) : guarded_(layout == Layout::kGuarded) {}
    ord_str operator()(const std::string& text) {
        if (guarded_ && !text.empty())
            return {static_cast<const char*>(pages_.place(text.data(), text.size())), text.size()};
        return to_c(kept_.emplace_back(text));
    }

private:
    bool guarded_;
    GuardedPages pages_;
    std::deque<std::string> kept_;
};

template <class Upcall>
Call FakeHost::begin_upcall(CallKind kind, const std::string& what, const CallOptions& options,
                            Upcall upcall) {
    const auto invocation = engine_->open(kind, what, options);
    Call call(engine_, invocation);
    {
        const std::lock_guard lock(engine_->mutex);
        if (engine_->stage != Stage::kRunning) {
            engine_->end_locked(*invocation, {ORD_E_GONE, {}, "the extension is not running"},
                                true);
            return call;
        }
    }
    Texts text(engine_->options().layout);
    ord_call context{};
    context.struct_size = sizeof context;
    context.attempt = options.attempt;
    context.inv = invocation->handle;
    context.deadline_ns = invocation->deadline_ns;
    context.principal = text(options.principal);
    context.scopes_json = text(options.scopes_json);
    context.idempotency_key = text(options.idempotency_key);
    context.run_id = text(options.run_id);
    context.step_id = text(options.step_id);
    const Placed<ord_call> placed(context, engine_->options().layout);
    engine_->returned(invocation, upcall(placed.get(), text));
    return call;
}

inline Call FakeHost::begin(const std::string& tool, const std::string& input_json,
                            const CallOptions& options) {
    return begin_upcall(CallKind::kTool, "tool '" + tool + "'", options,
                        [&](const ord_call* call, Texts& text) -> ord_status {
                            if (engine_->table->on_tool == nullptr) return ORD_E_UNSUPPORTED;
                            const Placed<ord_tool_call> upcall(
                                {sizeof(ord_tool_call), 0, call, text(tool), text(input_json)},
                                engine_->options().layout);
                            return engine_->table->on_tool(engine_->instance, upcall.get());
                        });
}

inline int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
inline std::string percent_decoded(const std::string& text) {
    std::string out;
    for (size_t n = 0; n < text.size(); ++n) {
        const bool coded = text[n] == '%' && n + 2 < text.size() && hex_digit(text[n + 1]) >= 0 &&
                           hex_digit(text[n + 2]) >= 0;
        out += coded ? static_cast<char>(hex_digit(text[n + 1]) * 16 + hex_digit(text[n + 2]))
                     : text[n];
        if (coded) n += 2;
    }
    return out;
}
inline Pairs query_of(const std::string& raw) {
    Pairs all;
    for (size_t start = 0; start < raw.size();) {
        const size_t end = std::min(raw.find('&', start), raw.size());
        const std::string one = raw.substr(start, end - start);
        const size_t equals = std::min(one.find('='), one.size());
        if (!one.empty())
            all.emplace_back(percent_decoded(one.substr(0, equals)),
                             percent_decoded(one.substr(std::min(equals + 1, one.size()))));
        start = end + 1;
    }
    return all;
}
inline std::vector<ord_kv> to_kv(const Pairs& pairs, Texts& text) {
    std::vector<ord_kv> out;
    for (const auto& [key, value] : pairs) out.push_back({text(key), text(value)});
    return out;
}

inline Call FakeHost::begin_http(const std::string& method, const std::string& target,
                                 const HttpOptions& options) {
    const size_t mark = std::min(target.find('?'), target.size());
    const std::string path = percent_decoded(target.substr(0, mark)),
                      raw_query = target.substr(std::min(mark + 1, target.size()));
    Pairs params;
    std::optional<Route> route;
    {
        const std::lock_guard lock(engine_->mutex);
        if (const Route* found = tables::find_route(*engine_, method, path, params)) route = *found;
    }
    const std::string what = method + " " + path;
    if (!route) {
        const auto invocation = engine_->open(CallKind::kHttp, what, options.call);
        const std::lock_guard lock(engine_->mutex);
        invocation->http.status = 404;
        engine_->end_locked(*invocation, {ORD_E_NOT_FOUND, {}, "no route"}, true);
        return {engine_, invocation};
    }
    return begin_upcall(
        CallKind::kHttp, what, options.call, [&](const ord_call* call, Texts& text) -> ord_status {
            if (engine_->table->on_http == nullptr) return ORD_E_UNSUPPORTED;
            const auto headers = to_kv(options.headers, text), values = to_kv(params, text),
                       query = to_kv(query_of(raw_query), text);
            const ord_http_request request{sizeof request,
                                           static_cast<uint32_t>(headers.size()),
                                           static_cast<uint32_t>(values.size()),
                                           static_cast<uint32_t>(query.size()),
                                           call,
                                           route->token,
                                           text(method),
                                           text(path),
                                           text(raw_query),
                                           headers.data(),
                                           values.data(),
                                           query.data(),
                                           text(options.body)};
            const Placed<ord_http_request> upcall(request, engine_->options().layout);
            return engine_->table->on_http(engine_->instance, upcall.get());
        });
}
inline HttpAnswer FakeHost::http(const std::string& method, const std::string& target,
                                 const HttpOptions& options) {
    const Call call = begin_http(method, target, options);
    call.wait();
    return call.http();
}

inline std::vector<Call> FakeHost::deliver(const std::string& topic,
                                           const std::string& payload_json,
                                           const EventOptions& options) {
    std::vector<Call> calls;
    for (const auto& subscription : subscriptions()) {
        if (!subscription.open || subscription.ns != options.ns ||
            !tables::topic_matches(subscription.topic, topic))
            continue;
        calls.push_back(begin_upcall(
            CallKind::kEvent, "event '" + topic + "'", options.call,
            [&](const ord_call* call, Texts& text) -> ord_status {
                if (engine_->table->on_event == nullptr) return ORD_E_UNSUPPORTED;
                const Placed<ord_event> upcall(
                    {sizeof(ord_event), options.redelivered, call, subscription.handle,
                     text(options.id), text(topic), text(options.source),
                     text(options.causation_id), text(options.published_at), text(payload_json)},
                    engine_->options().layout);
                return engine_->table->on_event(engine_->instance, upcall.get());
            }));
    }
    return calls;
}
inline Outcome FakeHost::health() {
    if (engine_->table->health == nullptr) return {};
    return begin_upcall(CallKind::kHealth, "health", {},
                        [&](const ord_call* call, Texts&) {
                            return engine_->table->health(engine_->instance, call);
                        })
        .wait();
}

}  // namespace ordinaut::testing
