// The fake host's C functions: ord.background.
#pragma once
#include "ordinaut/background.h"
#include "tables.hpp"

namespace ordinaut::testing::tables {

// One run of a task: on_task() on this thread, its end written down.
inline void run_once(Engine& engine, ord_handle handle) {
    std::string name;
    uint32_t restarts = 0;
    std::shared_ptr<Invocation> invocation = engine.open(CallKind::kTask, "", {});
    {
        const std::lock_guard lock(engine.mutex);
        BackgroundTask& task = engine.tasks.at(handle);
        name = task.name;
        restarts = task.failures;
        invocation->what = "task '" + name + "'";
        invocation->canceled = task.canceled;
        ++task.starts;
    }
    ord_call context{};
    context.struct_size = sizeof context;
    context.attempt = restarts + 1;
    context.inv = invocation->handle;
    const Placed<ord_call> call(context, engine.options().layout);
    const Placed<ord_task> upcall(
        ord_task{sizeof(ord_task), restarts, call.get(), handle, to_c(name)},
        engine.options().layout);
    const ord_status status = engine.table->on_task(engine.instance, upcall.get());
    const std::lock_guard lock(engine.mutex);
    engine.end_locked(*invocation, {status, {}, {}}, false);
    BackgroundTask& task = engine.tasks.at(handle);
    task.last = status;
    task.failures = status == ORD_OK ? 0 : task.failures + 1;
}
// Runs it until it is done, given up or canceled; waits between runs on the manual clock.
inline void task_thread(const EnginePtr& engine, ord_handle handle) {
    for (;;) {
        uint64_t begun = 0;
        {
            const std::lock_guard lock(engine->mutex);
            begun = engine->now_ns;
        }
        run_once(*engine, handle);
        std::unique_lock lock(engine->mutex);
        BackgroundTask& task = engine->tasks.at(handle);
        const bool over = task.canceled || (task.last == ORD_OK && task.period_ns == 0);
        const bool hopeless = task.max_failures != 0 && task.failures >= task.max_failures;
        if (over || hopeless) {
            task.state = hopeless && !task.canceled ? TaskState::kGivenUp : TaskState::kEnded;
            engine->changed.notify_all();
            return;
        }
        uint64_t next = begun + task.period_ns;
        if (task.last == ORD_OK) {
            while (next <= engine->now_ns) next += task.period_ns;
        } else {
            const uint64_t least = task.backoff_min_ns == 0 ? 1'000'000'000 : task.backoff_min_ns;
            const uint64_t most = task.backoff_max_ns == 0 ? 60'000'000'000 : task.backoff_max_ns;
            next = engine->now_ns + std::min(most, least << std::min(task.failures - 1, 20u));
        }
        task.state = TaskState::kWaiting;
        task.wake_ns = next;
        engine->changed.notify_all();
        engine->changed.wait(lock, [&] { return task.canceled || engine->now_ns >= next; });
        task.state = task.canceled ? TaskState::kEnded : TaskState::kRunning;
        engine->changed.notify_all();
        if (task.canceled) return;
    }
}
// First starts are what start() makes.
inline void start_task(const EnginePtr& engine, ord_handle handle) {
    {
        const std::lock_guard lock(engine->mutex);
        engine->tasks.at(handle).state = TaskState::kRunning;
    }
    std::thread(task_thread, engine, handle).detach();
}
inline ord_status spawn(ord_handle self, const ord_task_spec* spec, ord_handle* task) {
    return with(self, spec, "ord_task_spec", [&](Engine& engine) -> ord_status {
        if (refused(engine, "BACKGROUND_TASKS")) return ORD_E_DENIED;
        if (task == nullptr || spec->name.len == 0) return ORD_E_INVALID;
        bool now = false;
        {
            const std::lock_guard lock(engine.mutex);
            if (engine.stage > Stage::kRunning) return ORD_E_STATE;
            for (const auto& [handle, known] : engine.tasks)
                if (known.name == from_c(spec->name) && known.state < TaskState::kEnded)
                    return ORD_E_CONFLICT;
            *task = engine.new_handle();
            engine.tasks[*task] = {*task,
                                   from_c(spec->name),
                                   spec->flags,
                                   spec->max_failures,
                                   spec->period_ns,
                                   spec->backoff_min_ns,
                                   spec->backoff_max_ns,
                                   spec->heartbeat_ns,
                                   TaskState::kWaiting,
                                   0,
                                   0,
                                   0,
                                   ORD_OK,
                                   false,
                                   false,
                                   0};
            now = engine.stage == Stage::kRunning;
        }
        if (now) start_task(engine.shared_from_this(), *task);
        return ORD_OK;
    });
}
// Marks the task and its open run as canceled.
inline void cancel_task(Engine& engine, BackgroundTask& task) {
    task.canceled = true;
    for (auto& [handle, invocation] : engine.invocations)
        if (invocation->kind == CallKind::kTask && !invocation->ended &&
            invocation->what == "task '" + task.name + "'")
            invocation->canceled = true;
    engine.changed.notify_all();
}
template <class Step>
ord_status with_task(ord_handle self, ord_handle task, Step step) {
    return with(self, [&](Engine& engine) -> ord_status {
        std::unique_lock lock(engine.mutex);
        const auto found = engine.tasks.find(task);
        return found == engine.tasks.end() ? ORD_E_HANDLE : step(engine, found->second, lock);
    });
}
inline ord_status stop_task(ord_handle self, ord_handle task) {
    return with_task(self, task, [](Engine& engine, BackgroundTask& one, auto&) {
        return cancel_task(engine, one), ORD_OK;
    });
}
inline ord_status sleep_task(ord_handle self, ord_handle task, uint64_t duration_ns) {
    return with_task(
        self, task, [&](Engine& engine, BackgroundTask& one, auto& lock) -> ord_status {
            const uint64_t until = engine.now_ns + duration_ns;
            one.asleep = true;
            one.wake_ns = until;
            engine.changed.notify_all();
            engine.changed.wait(lock, [&] { return one.canceled || engine.now_ns >= until; });
            one.asleep = false;
            return one.canceled ? ORD_E_CANCELED : ORD_OK;
        });
}
inline ord_status heartbeat(ord_handle self, ord_handle task) {
    return with_task(self, task, [](Engine&, BackgroundTask& one, auto&) -> ord_status {
        ++one.heartbeats;
        return one.canceled ? ORD_E_CANCELED : ORD_OK;
    });
}

}  // namespace ordinaut::testing::tables
