// A queue that passes every call on to another one: tests override what they want to go wrong.
#pragma once
#include "store/queue_store.h"

namespace ordinaut::runner {

class PassingQueue : public store::QueueStore {
public:
    explicit PassingQueue(store::QueueStore& next) : next_(next) {}

    Result<Run> enqueue(const store::EnqueueRun& request, const store::OwnerFilter& owner,
                        const store::Actor& actor) override {
        return next_.enqueue(request, owner, actor);
    }
    Result<std::vector<store::Lease>> claim(const std::string& worker, int limit,
                                            std::chrono::milliseconds ttl) override {
        return next_.claim(worker, limit, ttl);
    }
    Result<std::vector<store::RenewOutcome>> renew(const std::vector<store::LeaseRef>& leases,
                                                   std::chrono::milliseconds ttl) override {
        return next_.renew(leases, ttl);
    }
    Result<std::vector<store::CompleteOutcome>> complete(
        const std::vector<store::Completion>& completions, const std::string& worker) override {
        return next_.complete(completions, worker);
    }
    Result<std::vector<bool>> record_steps(
        const std::vector<std::pair<store::LeaseRef, Step>>& steps) override {
        return next_.record_steps(steps);
    }
    Status append_logs(const std::vector<RunLogLine>& lines) override {
        return next_.append_logs(lines);
    }
    Result<std::optional<std::chrono::microseconds>> until_next() override {
        return next_.until_next();
    }
    Result<Run> cancel(const Id& run_id, std::string_view reason, const store::OwnerFilter& owner,
                       const store::Actor& actor) override {
        return next_.cancel(run_id, reason, owner, actor);
    }
    Result<Run> retry(const Id& run_id, const store::OwnerFilter& owner,
                      const store::Actor& actor) override {
        return next_.retry(run_id, owner, actor);
    }
    Result<Run> replay(const Id& run_id, const store::OwnerFilter& owner,
                       const store::Actor& actor) override {
        return next_.replay(run_id, owner, actor);
    }
    Status set_paused(bool paused, const store::Actor& actor) override {
        return next_.set_paused(paused, actor);
    }
    Result<store::QueueStats> stats(const store::OwnerFilter& owner) override {
        return next_.stats(owner);
    }
    Status heartbeat(const store::WorkerInfo& worker) override { return next_.heartbeat(worker); }
    Status forget_worker(const std::string& name) override { return next_.forget_worker(name); }
    Result<std::vector<store::WorkerInfo>> workers() override { return next_.workers(); }

private:
    store::QueueStore& next_;
};

}  // namespace ordinaut::runner
