// Engine: calls to the extension and its questions to the host. Included by engine.hpp.
#pragma once
#include "engine.hpp"

namespace ordinaut::testing {

inline std::map<uint32_t, std::weak_ptr<Engine>>& Engine::all() {
    static std::map<uint32_t, std::weak_ptr<Engine>> engines;
    return engines;
}
inline std::mutex& Engine::all_mutex() {
    static std::mutex mutex;
    return mutex;
}
inline std::shared_ptr<Engine> Engine::make(Options options) {
    static uint32_t last = 0;
    const std::lock_guard lock(all_mutex());
    const uint32_t number = ++last;
    std::shared_ptr<Engine> engine(new Engine(std::move(options), number));
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    engine->born_ns = static_cast<uint64_t>(std::chrono::duration_cast<Nanoseconds>(since).count());
    engine->now_ns = engine->born_ns;
    all()[number] = engine;
    return engine;
}
inline Engine::~Engine() {
    const std::lock_guard lock(all_mutex());
    all().erase(number_);
}
inline std::shared_ptr<Engine> Engine::of(ord_handle handle) {
    const std::lock_guard lock(all_mutex());
    const auto found = all().find(static_cast<uint32_t>(handle >> 40));
    return found == all().end() ? nullptr : found->second.lock();
}

inline void Engine::violation(const std::string& what) {
    const std::lock_guard lock(mutex);
    violation_locked(what);
}
inline void Engine::violation_locked(const std::string& what) {
    if (std::find(violations.begin(), violations.end(), what) == violations.end())
        violations.push_back(what);
}

inline std::shared_ptr<Invocation> Engine::open(CallKind kind, std::string what,
                                                const CallOptions& call) {
    auto invocation = std::make_shared<Invocation>();
    const std::lock_guard lock(mutex);
    invocation->handle = new_handle();
    invocation->kind = kind;
    invocation->what = std::move(what);
    if (call.timeout.count() > 0) {
        invocation->deadline_ns = now_ns + static_cast<uint64_t>(call.timeout.count());
        at(invocation->deadline_ns, invocation->handle,
           [weak = weak_from_this(), inv = invocation->handle] {
               const auto engine = weak.lock();
               if (engine == nullptr) return;
               {
                   const std::lock_guard inner(engine->mutex);
                   const auto late = engine->find(inv);
                   if (late == nullptr || late->ended) return;
                   engine->end_locked(
                       *late, {ORD_E_DEADLINE, {}, late->what + " did not answer in time"}, true);
               }
               engine->cancel(inv);
           });
    }
    invocations[invocation->handle] = invocation;
    return invocation;
}
inline std::shared_ptr<Invocation> Engine::find(ord_handle inv) {
    const auto found = invocations.find(inv);
    return found == invocations.end() ? nullptr : found->second;
}
inline void Engine::end_locked(Invocation& invocation, Outcome outcome, bool by_host) {
    invocation.ended = true;
    invocation.ended_by_host = by_host;
    invocation.outcome = std::move(outcome);
    if (invocation.kind == CallKind::kHttp && !invocation.http.ended) {
        invocation.http.ended = true;
        if (!invocation.outcome.ok() && invocation.http.status == 0) {
            invocation.http.status = 500;
            invocation.http.body = invocation.outcome.message;
        }
    }
    changed.notify_all();
}
inline void Engine::returned(const std::shared_ptr<Invocation>& invocation, ord_status status) {
    const std::lock_guard lock(mutex);
    invocation->returned = true;
    if (status == ORD_OK) return;
    if (invocation->answers > 0)
        return violation_locked(
            invocation->what + ": returned " + std::to_string(status) +
            " after it had been answered; then the return value must be ORD_OK");
    ++invocation->answers;
    if (!invocation->ended)
        end_locked(*invocation, {status, {}, "returned " + std::to_string(status)}, false);
}
inline ord_status Engine::finish(ord_handle inv, ord_status status, const std::string& json,
                                 const std::string& message) {
    const std::lock_guard lock(mutex);
    const auto invocation = find(inv);
    if (invocation == nullptr)
        return violation_locked("finish() was called with a handle that is no invocation"),
               ORD_E_HANDLE;
    if (invocation->kind == CallKind::kTask)
        return violation_locked(invocation->what +
                                ": finish() was called; what on_task returns is its outcome"),
               ORD_E_HANDLE;
    if (++invocation->answers > 1) {
        violation_locked(invocation->what + ": finished twice; the second answer is ignored");
        return ORD_E_HANDLE;
    }
    if (invocation->ended) return ORD_E_HANDLE;
    Outcome outcome{status, json, message};
    if (status == ORD_OK && invocation->kind == CallKind::kHttp) {
        violation_locked(
            invocation->what +
            ": finish(ORD_OK) is no answer to a request; use respond(), or start() and end()");
        outcome = {ORD_E_INTERNAL, {}, "finished without a response"};
    } else if (status == ORD_OK) {
        if (json.empty()) outcome.json = "null";
        if (!JsonScan::valid(outcome.json)) {
            violation_locked(invocation->what +
                             ": its result is not JSON: " + outcome.json.substr(0, 100));
            outcome = {ORD_E_TERMINAL, {}, "the result is not JSON"};
        }
    }
    end_locked(*invocation, std::move(outcome), false);
    return ORD_OK;
}
inline void Engine::cancel(ord_handle inv) {
    {
        const std::lock_guard lock(mutex);
        const auto invocation = find(inv);
        if (invocation == nullptr || invocation->canceled) return;
        invocation->canceled = true;
        // The reader of a stream has left: nothing completes it any more.
        if (invocation->kind == CallKind::kHttp && invocation->http.streamed && !invocation->ended)
            end_locked(*invocation, {ORD_E_GONE, {}, "the client left"}, true);
        changed.notify_all();
    }
    if (table->on_cancel != nullptr) post([this, inv] { table->on_cancel(instance, inv); });
}
inline bool Engine::wait_ended(const std::shared_ptr<Invocation>& invocation) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, options_.patience, [&] { return invocation->ended; });
}

inline ord_status Engine::ask(uint64_t token, std::function<void()> on_cancel) {
    const std::lock_guard lock(mutex);
    if (table->on_async == nullptr)
        violation_locked("it asked for something asynchronous, but has a null on_async");
    return asking_.emplace(token, Asking{std::move(on_cancel)}).second ? ORD_OK : ORD_E_CONFLICT;
}
inline void Engine::answer(uint64_t token, const Reply& reply, uint32_t flags) {
    {
        const std::lock_guard lock(mutex);
        if (asking_.count(token) == 0) return;
        if ((flags & ORD_ASYNC_END) != 0) asking_.erase(token);
    }
    if (table->on_async == nullptr) return;
    post([this, token, reply, flags] {
        const bool good = reply.status == ORD_OK;
        const std::string head = good ? "" : "{\"message\":" + json_quoted(reply.message) + "}";
        ord_async answer{};
        answer.struct_size = sizeof answer;
        answer.flags = flags | (reply.status == ORD_E_CANCELED ? ORD_ASYNC_CANCELED : 0);
        answer.token = token;
        answer.status = reply.status;
        answer.head_json = to_c(head);
        if (good) answer.bytes = to_c(reply.json);
        const Placed<ord_async> placed(answer, options_.layout);
        table->on_async(instance, placed.get());
    });
}
inline ord_status Engine::cancel_asked(uint64_t token) {
    std::function<void()> on_cancel;
    {
        const std::lock_guard lock(mutex);
        const auto found = asking_.find(token);
        if (found == asking_.end()) return ORD_E_NOT_FOUND;
        on_cancel = found->second.on_cancel;
        watches.erase(token);
    }
    if (on_cancel) on_cancel();
    answer(token, {ORD_E_CANCELED, {}, "canceled"});
    return ORD_OK;
}
inline std::optional<Reply> Engine::prepared(const std::string& function) {
    const std::lock_guard lock(mutex);
    const auto found = failing.find(function);
    if (found == failing.end() || found->second.empty()) return std::nullopt;
    Reply reply = found->second.front();
    found->second.pop_front();
    return reply;
}

}  // namespace ordinaut::testing
