// The C++ side of background.h. Included by ordinaut.hpp.
//
//   s.background("poller", {.heartbeat = 1min}, [](ordinaut::TaskToken& token) {
//       do poll(); while (token.sleep(10s));
//   });
#pragma once
#include "background.h"
#include "instance.hpp"

namespace ordinaut {

// A task at work, for its own thread.
class TaskToken {
public:
    TaskToken(Instance& instance, const ord_task& raw) : instance_(instance), raw_(raw) {}
    // Waits. False: return now.
    bool sleep(std::chrono::nanoseconds duration) const {
        return table().sleep(instance_.self(), raw_.task,
                             duration.count() > 0 ? static_cast<uint64_t>(duration.count()) : 0) ==
               ORD_OK;
    }
    // Says that it is alive. False: return now.
    bool heartbeat() const { return table().heartbeat(instance_.self(), raw_.task) == ORD_OK; }
    bool stopping() const { return instance_.host()->cancelled(raw_.call->inv) != 0; }
    uint32_t restarts() const { return raw_.restarts; }  // Failures in a row before this start.
    const ord_call& context() const { return *raw_.call; }
    Host host() const { return Host(instance_); }

private:
    const ord_background_v1& table() const {
        return instance_.table<ord_background_v1>("ord.background");
    }
    Instance& instance_;
    const ord_task& raw_;
};

inline void Setup::background(std::string_view name, const TaskPolicy& policy, TaskLoop loop) {
    const auto ns = [](std::chrono::nanoseconds time) {
        return static_cast<uint64_t>(time.count());
    };
    const ord_task_spec spec{sizeof spec,
                             policy.cluster ? ORD_TASK_CLUSTER : 0,
                             to_ord(name),
                             ns(policy.period),
                             ns(policy.backoff_min),
                             ns(policy.backoff_max),
                             ns(policy.heartbeat),
                             policy.max_failures,
                             0};
    instance_.tasks.emplace(std::string(name), std::move(loop));
    ord_handle task = 0;
    const ord_status status =
        instance_.table<ord_background_v1>("ord.background").spawn(instance_.self(), &spec, &task);
    if (status == ORD_E_DENIED)
        throw CallError(status,
                        "task '" + std::string(name) + "': BACKGROUND_TASKS is not granted");
    if (status != ORD_OK)
        throw CallError(status, "task '" + std::string(name) + "' is refused (status " +
                                    std::to_string(status) + ")");
}

inline ord_status Instance::on_task(const ord_task& raw) {
    const auto found = tasks.find(to_view(raw.name));
    if (found == tasks.end()) return ORD_E_NOT_FOUND;
    TaskToken token(*this, raw);
    try {
        found->second(token);
        return ORD_OK;
    } catch (const CallError& error) {
        log(Level::kError, error.what());
        return error.status;
    }
}

}  // namespace ordinaut
