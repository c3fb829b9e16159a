// ord.background: work of the extension's own that the host starts, watches, restarts and stops.
#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr uint64_t kTimeMax = 366ull * 24 * 3600 * 1'000'000'000;
constexpr uint64_t kPeriodMin = 1'000'000;  // 1 ms.

bool is_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
           std::string_view::npos;
}

// What is wrong with it; empty: nothing.
std::string complaint(const ord_task_spec& given) {
    if (!is_name(text_of(given.name))) return "the name must be [a-z][a-z0-9_]{0,63}";
    for (const uint64_t time :
         {given.period_ns, given.backoff_min_ns, given.backoff_max_ns, given.heartbeat_ns})
        if (time > kTimeMax) return "times must be at most 366 days";
    if (given.period_ns != 0 && given.period_ns < kPeriodMin)
        return "the period must be 0 or at least 1 ms";
    if (given.backoff_max_ns != 0 && given.backoff_min_ns > given.backoff_max_ns)
        return "backoff_min must not be greater than backoff_max";
    return {};
}

std::chrono::nanoseconds or_default(uint64_t ns, std::chrono::nanoseconds fallback) {
    return ns == 0 ? fallback : std::chrono::nanoseconds(ns);
}

TaskPlan plan_of(const ord_task_spec& given, const Instance& instance) {
    TaskPlan plan;
    plan.name = text_of(given.name);
    plan.cluster = (given.flags & ORD_TASK_CLUSTER) != 0;
    for (const auto& declared : instance.manifest().background)
        if (declared.name == plan.name) plan.cluster = declared.cluster;
    plan.period = std::chrono::nanoseconds(given.period_ns);
    plan.backoff_min = or_default(given.backoff_min_ns, plan.backoff_min);
    plan.backoff_max =
        std::max(or_default(given.backoff_max_ns, plan.backoff_max), plan.backoff_min);
    plan.heartbeat = std::chrono::nanoseconds(given.heartbeat_ns);
    plan.failures_max = given.max_failures;
    return plan;
}

ord_status spawn(ord_handle self, const ord_task_spec* given, ord_handle* task) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given) || task == nullptr) return ORD_E_INVALID;
        if (!instance.grants().has(Grant::kBackgroundTasks)) {
            instance.fault("asked to spawn the task '" + clean(text_of(given->name), 64) +
                           "' without the grant BACKGROUND_TASKS");
            return ORD_E_DENIED;
        }
        const std::string wrong = complaint(*given);
        if (!wrong.empty()) {
            instance.log(ORD_LOG_ERROR,
                         "the task '" + clean(text_of(given->name), 64) + "' is refused: " + wrong,
                         {}, nullptr);
            return ORD_E_INVALID;
        }
        return instance.spawn_task(plan_of(*given, instance), task);
    });
}

// `step` gets the task, which must be this extension's.
template <class Step>
ord_status with_task(ord_handle self, ord_handle handle, Step step) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        const auto task = background_tasks().find(handle);
        return task == nullptr || task->instance() != instance.self() ? ORD_E_HANDLE : step(*task);
    });
}

ord_status stop(ord_handle self, ord_handle task) {
    return with_task(self, task,
                     [](BackgroundTask& found) { return found.request_stop(), ORD_OK; });
}

ord_status sleep(ord_handle self, ord_handle task, uint64_t duration_ns) {
    const std::chrono::nanoseconds duration(std::min(duration_ns, kTimeMax));
    return with_task(self, task, [&](BackgroundTask& found) { return found.sleep(duration); });
}

ord_status heartbeat(ord_handle self, ord_handle task) {
    return with_task(self, task, [](BackgroundTask& found) { return found.heartbeat(); });
}

}  // namespace

const ord_background_v1& background_table() {
    static constexpr ord_background_v1 kTable = {
        sizeof(ord_background_v1), 0, spawn, stop, sleep, heartbeat};
    return kTable;
}

}  // namespace ordinaut::ext
