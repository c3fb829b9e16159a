// The bodies of ordinaut.hpp's members. Authors need not read it. Included by boundary.hpp.
#pragma once
#include <algorithm>

#include "instance.hpp"

namespace ordinaut {

inline Completion::State::~State() {
    finish(ORD_E_INTERNAL, {}, "the extension dropped the call without an answer");
}
inline bool Completion::State::take() {
    if (done.exchange(true)) return false;
    bool forget = false;
    std::function<void()> dropped;
    {
        const std::lock_guard lock(mutex);
        forget = watched;
        dropped.swap(on_cancel);
    }
    if (forget) instance->forget(inv);
    return true;
}
inline bool Completion::State::finish(ord_status status, std::string_view json,
                                      std::string_view message) {
    if (!take()) return false;
    instance->host()->finish(inv, status, to_ord(json), to_ord(message));
    return true;
}

inline void Completion::ok_text(std::string_view json) const { state_->finish(ORD_OK, json, {}); }
inline void Completion::fail(ord_status status, std::string_view message, const Json& details,
                             std::optional<std::chrono::milliseconds> retry_after) const {
    Json json;
    if (!details.is_null()) json.set("details", details);
    if (retry_after) json.set("retry_after_ms", static_cast<int64_t>(retry_after->count()));
    state_->finish(status, json.is_null() ? "" : json.text(), message);
}
inline void Completion::progress(uint32_t permille, std::string_view message) const {
    const ord_tool_progress progress{sizeof progress, std::min(permille, uint32_t{1000}), inv(),
                                     to_ord(message)};
    const Instance& instance = *state_->instance;
    instance.table<ord_tools_v1>("ord.tools").progress(instance.self(), &progress);
}
inline bool Completion::canceled() const {
    return state_->instance->host()->cancelled(state_->inv) != 0;
}
inline ord_handle Completion::inv() const { return state_->inv; }
inline void Completion::on_cancel(std::function<void()> action) const {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->done) return;
        state_->on_cancel = std::move(action);
        state_->watched = true;
    }
    state_->instance->watch(state_);
    if (state_->done)
        state_->instance->forget(state_->inv);
    else if (canceled())
        Instance::run_cancel(*state_);
}

inline const Json& ToolCall::input() {
    if (!input_) input_ = Json::parse(input_text());
    return *input_;
}
inline Completion ToolCall::later() {
    kept_ = true;
    return completion_;
}

inline void Setup::tool(std::string_view name, ToolHandler handler) {
    instance_.add_tool(name, std::move(handler));
}
inline const Json& Setup::config() const { return instance_.config(); }

inline void Host::log(Level level, std::string_view message, const LogFields& fields) const {
    std::vector<ord_kv> pairs;
    for (const auto& [key, value] : fields) pairs.push_back({to_ord(key), to_ord(value)});
    instance_->host()->log(instance_->self(), static_cast<uint32_t>(level), to_ord(message),
                           pairs.data(), static_cast<uint32_t>(pairs.size()));
}
inline Token Host::core(const Completion* call, std::string_view operation,
                        std::string_view input_json, OnAnswer done,
                        const CoreOptions& options) const {
    Instance* const instance = instance_;
    const ord_handle inv = call == nullptr ? 0 : call->inv();
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_core_call request{sizeof request,
                                    0,
                                    inv,
                                    token,
                                    0,
                                    to_ord(operation),
                                    to_ord(input_json),
                                    to_ord(options.idempotency_key),
                                    to_ord(options.if_match)};
        return instance->table<ord_core_v1>("ord.core").call(instance->self(), &request);
    });
}
inline Token Host::invoke(const Completion* call, std::string_view tool,
                          std::string_view input_json, OnAnswer done) const {
    Instance* const instance = instance_;
    const ord_handle inv = call == nullptr ? 0 : call->inv();
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_tool_invoke request{sizeof request,    0, inv, token, 0, to_ord(tool),
                                      to_ord(input_json)};
        return instance->table<ord_tools_v1>("ord.tools").invoke(instance->self(), &request);
    });
}
inline std::string Host::tools() const {
    ord_buf out{};
    const ord_status status =
        instance_->table<ord_tools_v1>("ord.tools").list(instance_->self(), &out);
    if (status != ORD_OK) throw CallError(status, "the host does not list its tools");
    return instance_->take(out);
}
inline std::optional<std::string> Host::secret(std::string_view name) const {
    ord_buf out{};
    if (instance_->table<ord_config_v1>("ord.config")
            .secret(instance_->self(), to_ord(name), &out) != ORD_OK)
        return std::nullopt;
    return instance_->take(out);
}

inline void Instance::on_async(const ord_async& answer) {
    if ((answer.flags & ORD_ASYNC_END) == 0) return on_change(answer);
    OnAnswer done;
    {
        const std::lock_guard lock(mutex_);
        watching_.erase(answer.token);
        const auto found = waiting_.find(answer.token);
        if (found == waiting_.end()) return;
        done = std::move(found->second);
        waiting_.erase(found);
    }
    Answer given{answer.status, std::string(to_view(answer.bytes)), {}};
    if (answer.status != ORD_OK && answer.head_json.len != 0) {
        given.json = to_view(answer.head_json);
        const Json head = Json::parse(given.json);
        if (const Json* message = head.find("message"); message != nullptr && message->is_string())
            given.message = message->as_string();
    }
    done(std::move(given));
}

inline void Host::cancel(Token token) const { instance_->host()->cancel(instance_->self(), token); }

}  // namespace ordinaut
