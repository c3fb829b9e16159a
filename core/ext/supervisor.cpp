#include "ext/supervisor.h"

#include "ext/instance.h"

namespace ordinaut::ext {
namespace {
constexpr size_t kTasksMax = 100;
}

ord_status Supervisor::spawn(const std::shared_ptr<Instance>& instance, TaskPlan plan,
                             ord_handle* task) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return ORD_E_STATE;
    std::erase_if(tasks_, [](const auto& known) { return known->ended(); });
    for (const auto& known : tasks_)
        if (known->plan().name == plan.name) return ORD_E_CONFLICT;
    if (tasks_.size() >= kTasksMax) return ORD_E_LIMIT;
    const auto made = std::make_shared<BackgroundTask>(instance->self(), std::move(plan), leases_);
    *task = background_tasks().add(made);
    made->set_handle(*task);
    tasks_.push_back(made);
    for (const auto& declared : instance->manifest().background)
        if (declared.name == made->plan().name) spawned_.insert(declared.name);
    if (begun_) made->start(instance);
    return ORD_OK;
}

std::vector<std::string> Supervisor::not_spawned(
    const std::vector<BackgroundDeclared>& declared) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& task : declared)
        if (spawned_.count(task.name) == 0) names.push_back(task.name);
    return names;
}

void Supervisor::begin(const std::shared_ptr<Instance>& instance) {
    const std::lock_guard lock(mutex_);
    begun_ = true;
    for (const auto& task : tasks_) task->start(instance);
}

void Supervisor::request_stop() {
    std::vector<std::shared_ptr<BackgroundTask>> tasks;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        tasks = tasks_;
    }
    for (const auto& task : tasks) task->request_stop();
}

bool Supervisor::wait_ended(MonoTime until) {
    std::vector<std::shared_ptr<BackgroundTask>> tasks;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(tasks_);
    }
    bool all = true;
    for (const auto& task : tasks) {
        all = task->wait_ended(until) && all;
        background_tasks().drop(task->handle());
    }
    return all;
}

}  // namespace ordinaut::ext
