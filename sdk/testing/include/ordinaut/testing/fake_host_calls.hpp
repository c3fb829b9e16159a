// The bodies of fake_host.hpp's members. Included by it.
#pragma once
#include <cmath>

#include "fake_host.hpp"

// A program that loads its extension as a library has no such function of its own.
extern "C" __attribute__((weak)) const ord_extension_v1* ordinaut_extension_v1(void);

namespace ordinaut::testing {

inline Outcome Call::wait() const {
    if (!engine_->wait_ended(invocation_)) {
        const std::lock_guard lock(engine_->mutex);
        return {ORD_E_DEADLINE,
                {},
                "no answer within " + std::to_string(engine_->options().patience.count()) +
                    " ms of real time"};
    }
    const std::lock_guard lock(engine_->mutex);
    return invocation_->outcome;
}
inline bool Call::ended() const {
    const std::lock_guard lock(engine_->mutex);
    return invocation_->ended;
}
inline unsigned Call::answers() const {
    const std::lock_guard lock(engine_->mutex);
    return invocation_->answers;
}
inline HttpAnswer Call::http() const {
    const std::lock_guard lock(engine_->mutex);
    return invocation_->http;
}
inline bool Call::wait_body(const std::string& text) const {
    std::unique_lock lock(engine_->mutex);
    const auto holds = [&] { return invocation_->http.body.find(text) != std::string::npos; };
    engine_->changed.wait_for(lock, engine_->options().patience,
                              [&] { return invocation_->ended || holds(); });
    return holds();
}
inline void Call::read_all() const {
    std::optional<uint64_t> token;
    {
        const std::lock_guard lock(engine_->mutex);
        invocation_->unread = 0;
        token.swap(invocation_->writable_token);
    }
    if (token) engine_->answer(*token, {}, ORD_ASYNC_WRITABLE | ORD_ASYNC_END);
}

inline FakeHost::FakeHost(Options options, const ord_extension_v1* descriptor)
    : engine_(Engine::make(std::move(options))) {
    if (descriptor == nullptr && ordinaut_extension_v1 != nullptr)
        descriptor = ordinaut_extension_v1();
    if (descriptor == nullptr)
        throw std::runtime_error(
            "there is no extension: ordinaut_extension_v1() is not linked, or returned null");
    engine_->table = descriptor;
}
inline FakeHost::~FakeHost() {
    stop();
    engine_->stop_deliveries();
}

inline ord_status FakeHost::create() {
    const ord_status status =
        engine_->table->create(tables::host_table(engine_->options().layout), engine_->self(),
                               to_c(engine_->options().config_json), &engine_->instance);
    const std::lock_guard lock(engine_->mutex);
    engine_->stage = status == ORD_OK ? Stage::kCreated : Stage::kDestroyed;
    return status;
}
inline ord_status FakeHost::start_created() {
    const ord_status status = engine_->table->start(engine_->instance);
    if (status != ORD_OK) return status;
    std::vector<ord_handle> first;
    {
        const std::lock_guard lock(engine_->mutex);
        engine_->stage = Stage::kRunning;
        for (const auto& [handle, task] : engine_->tasks)
            if (!task.canceled) first.push_back(handle);
    }
    for (const ord_handle handle : first) tables::start_task(engine_, handle);
    engine_->settle();
    return ORD_OK;
}
inline ord_status FakeHost::start() {
    if (const ord_status status = create(); status != ORD_OK) return status;
    const ord_status status = start_created();
    if (status != ORD_OK) destroy();
    return status;
}
inline void FakeHost::quiesce() {
    {
        const std::lock_guard lock(engine_->mutex);
        engine_->stage = Stage::kQuiescing;
    }
    engine_->table->quiesce(engine_->instance, engine_->now_ns + 10'000'000'000);
    std::unique_lock lock(engine_->mutex);
    for (auto& [handle, task] : engine_->tasks) tables::cancel_task(*engine_, task);
    engine_->changed.wait_for(lock, engine_->options().patience, [&] {
        return std::all_of(engine_->tasks.begin(), engine_->tasks.end(), [](const auto& one) {
            return one.second.state >= TaskState::kEnded ||
                   (one.second.state == TaskState::kWaiting && one.second.wake_ns == 0);
        });
    });
    for (const auto& [handle, task] : engine_->tasks)
        if (task.state == TaskState::kRunning)
            engine_->violation_locked("task '" + task.name +
                                      "' did not return after it was canceled");
}
inline void FakeHost::stop_quiesced() {
    engine_->table->stop(engine_->instance);
    engine_->settle();
    const std::lock_guard lock(engine_->mutex);
    engine_->stage = Stage::kStopped;
    for (const auto& [handle, invocation] : engine_->invocations) {
        if (invocation->ended) continue;
        engine_->violation_locked(invocation->what +
                                  ": was never answered, and stop() has returned");
        engine_->end_locked(*invocation,
                            {ORD_E_GONE, {}, "the extension stopped before it answered"}, true);
    }
}
inline void FakeHost::destroy() {
    engine_->stop_deliveries();
    engine_->table->destroy(engine_->instance);
    const std::lock_guard lock(engine_->mutex);
    engine_->stage = Stage::kDestroyed;
    if (!engine_->buffers.empty())
        engine_->violation_locked(std::to_string(engine_->buffers.size()) +
                                  " ord_buf not given back with buf_release()");
}
inline void FakeHost::stop() {
    const Stage stage = engine_->stage;
    if (stage == Stage::kRunning) quiesce();
    if (stage == Stage::kRunning || stage == Stage::kQuiescing) stop_quiesced();
    if (stage != Stage::kNew && stage != Stage::kDestroyed) destroy();
}
inline ord_status FakeHost::reconfigure(const std::string& config_json) {
    return engine_->table->reconfigure == nullptr
               ? ORD_E_UNSUPPORTED
               : engine_->table->reconfigure(engine_->instance, to_c(config_json));
}

inline void FakeHost::fail_next(const std::string& function, ord_status status,
                                const std::string& message) {
    const std::lock_guard lock(engine_->mutex);
    engine_->failing[function].push_back({status, {}, message});
}
inline bool FakeHost::logged(const std::string& part) const {
    const auto lines = logs();
    return std::any_of(lines.begin(), lines.end(), [&](const LogLine& line) {
        return line.message.find(part) != std::string::npos;
    });
}
inline BackgroundTask FakeHost::task(const std::string& name) const {
    for (const auto& [handle, task] : tasks())
        if (task.name == name) return task;
    throw std::runtime_error("there is no task '" + name + "'");
}
inline std::optional<std::string> FakeHost::kv(const std::string& key) const {
    const std::lock_guard lock(engine_->mutex);
    const auto found = engine_->kv.find(key);
    return found == engine_->kv.end() ? std::nullopt : std::optional(found->second.value_json);
}
inline double FakeHost::metric(const std::string& name,
                               const std::vector<std::string>& label_values) const {
    const std::lock_guard lock(engine_->mutex);
    for (const auto& [handle, family] : engine_->metrics)
        if (const auto found = family.values.find(label_values);
            family.name == name && found != family.values.end())
            return found->second;
    return std::nan("");
}

}  // namespace ordinaut::testing

#include "fake_host_changes.hpp"
#include "fake_host_upcalls.hpp"
