// The seams over one State.
#pragma once
#include "store/memory/state.h"

namespace ordinaut::store::memory {

class MemoryTaskStore final : public TaskStore {
public:
    explicit MemoryTaskStore(State& state) : state_(state) {}
    Result<Created> create(const Task& task, std::string_view fingerprint,
                           const Actor& actor) override;
    Result<Task> get(const Id& id, const OwnerFilter& owner) override;
    Result<Listing<Task>> list(const TaskQuery& query) override;
    Result<Task> update(const TaskUpdate& update, const OwnerFilter& owner,
                        const Actor& actor) override;
    Status remove(const Id& id, bool force, const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> pause(const Id& id, const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> resume(const Id& id, const Resumption& resumption, const OwnerFilter& owner,
                        const Actor& actor) override;
    Result<Task> snooze(const Id& id, WallTime from, std::chrono::seconds delay,
                        std::string_view reason, const std::vector<Skip>& skips,
                        const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> cancel(const Id& id, std::string_view reason, const OwnerFilter& owner,
                        const Actor& actor) override;

private:
    Task set_status(Task& task, TaskStatus status, std::optional<WallTime> next_run_at,
                    std::string_view action, const Actor& actor);
    State& state_;
};

class MemoryScheduleStore final : public ScheduleStore {
public:
    explicit MemoryScheduleStore(State& state) : state_(state) {}
    Result<int> fire_due(int limit, const Planner& plan) override;
    Result<int> expire_unstarted(int limit) override;
    Result<std::optional<std::chrono::microseconds>> until_next() override;
    Result<std::vector<Skip>> skipped(const Id& task_id, const OwnerFilter& owner,
                                      Page page) override;
    Result<OccurrenceRecords> records(const Task& task, WallTime from, WallTime to, int limit,
                                      const OwnerFilter& owner) override;
    Result<std::vector<Run>> runs_by_id(const std::vector<Id>& ids, WallTime since,
                                        const OwnerFilter& owner) override;
    Result<std::optional<Id>> reschedule(const std::optional<Id>& after_id, int limit,
                                         const Next& next) override;

private:
    void apply(Task& task, const FirePlan& plan, Change& change);
    State& state_;
};

class MemoryCalendarStore final : public CalendarStore {
public:
    explicit MemoryCalendarStore(State& state) : state_(state) {}
    Result<Calendar> put(const Calendar& calendar, const Actor& actor) override;
    Result<Calendar> get(const Id& owner, std::string_view name) override;
    Result<std::vector<Calendar>> list(const Id& owner) override;
    Status remove(const Id& owner, std::string_view name, const Actor& actor) override;
    Result<std::vector<Calendar>> find(const Id& owner,
                                       const std::vector<std::string>& names) override;

private:
    State& state_;
};

class MemoryQueueStore final : public QueueStore {
public:
    explicit MemoryQueueStore(State& state) : state_(state) {}
    Result<Run> enqueue(const EnqueueRun& request, const OwnerFilter& owner,
                        const Actor& actor) override;
    Result<std::vector<Lease>> claim(const std::string& worker, int limit,
                                     std::chrono::milliseconds ttl) override;
    Result<std::vector<RenewOutcome>> renew(const std::vector<LeaseRef>& leases,
                                            std::chrono::milliseconds ttl) override;
    Result<std::vector<CompleteOutcome>> complete(const std::vector<Completion>& completions,
                                                  const std::string& worker) override;
    Result<std::vector<bool>> record_steps(
        const std::vector<std::pair<LeaseRef, Step>>& steps) override;
    Status append_logs(const std::vector<RunLogLine>& lines) override;
    Result<std::optional<std::chrono::microseconds>> until_next() override;
    Result<Run> cancel(const Id& run_id, std::string_view reason, const OwnerFilter& owner,
                       const Actor& actor) override;
    Result<Run> retry(const Id& run_id, const OwnerFilter& owner, const Actor& actor) override;
    Result<Run> replay(const Id& run_id, const OwnerFilter& owner, const Actor& actor) override;
    Status set_paused(bool paused, const Actor& actor) override;
    Result<QueueStats> stats(const OwnerFilter& owner) override;
    Status heartbeat(const WorkerInfo& worker) override;
    Status forget_worker(const std::string& name) override;
    Result<std::vector<WorkerInfo>> workers() override;

private:
    LiveRun* held(const LeaseRef& lease);
    Lease lease(LiveRun& row, const std::string& worker, std::chrono::milliseconds ttl);
    bool has_slot(const LiveRun& row) const;
    void requeue(LiveRun& row, const Completion& completion, const std::string& worker);
    State& state_;
};

class MemoryRunStore final : public RunStore {
public:
    explicit MemoryRunStore(State& state) : state_(state) {}
    Result<Listing<Run>> list(const RunQuery& query) override;
    Result<RunDetail> get(const Id& run_id, const OwnerFilter& owner) override;
    Result<RunDetail> latest(const Id& task_id, const OwnerFilter& owner) override;
    Result<RunTimeline> timeline(const TimelineQuery& query) override;
    Result<RunStats> stats(const Id& task_id, int days, const OwnerFilter& owner) override;
    Result<std::vector<RunEvent>> events(const Id& run_id, const OwnerFilter& owner) override;
    Result<std::vector<RunLogLine>> logs(const Id& run_id, const OwnerFilter& owner, int64_t after,
                                         int limit) override;

private:
    RunDetail with_steps(Run run) const;
    State& state_;
};

class MemorySecretStore final : public SecretStore {
public:
    explicit MemorySecretStore(State& state) : state_(state) {}
    Status put(const SealedSecret& secret, const Actor& actor) override;
    Result<std::vector<SecretInfo>> list(const OwnerFilter& owner) override;
    Status remove(std::string_view name, const Id& owner, const Actor& actor) override;
    Result<std::vector<SealedSecret>> find(const Id& owner,
                                           const std::vector<std::string>& names) override;

private:
    State& state_;
};

class MemorySystemStore final : public SystemStore {
public:
    explicit MemorySystemStore(State& state) : state_(state) {}
    Status ping() override;
    Result<WallTime> now() override;
    Result<std::string> setting_or_init(std::string_view name, std::string_view fallback) override;
    Status set_setting(std::string_view name, std::string_view value) override;
    Result<IdempotencyBegin> begin_idempotent(const Id& agent_id, std::string_view key,
                                              std::string_view operation,
                                              std::string_view fingerprint) override;
    Status finish_idempotent(const Id& agent_id, std::string_view key,
                             const IdempotentReply& reply) override;
    Status abandon_idempotent(const Id& agent_id, std::string_view key) override;
    Status audit(std::string_view action, std::string_view subject, std::string_view details_json,
                 const Actor& actor) override;
    Result<int> seal_audit(int limit) override;
    Status upkeep(const PruneOptions& options) override;

private:
    State& state_;
};

class MemoryExtensionStore final : public ExtensionStore {
public:
    explicit MemoryExtensionStore(State& state) : state_(state) {}
    Result<std::vector<ExtensionDecision>> list() override;
    Status set_enabled(std::string_view id, bool enabled, const Actor& actor) override;
    Status set_capabilities(std::string_view id, const std::vector<std::string>& capabilities,
                            const Actor& actor) override;
    Status set_config(std::string_view id, std::string_view config_json,
                      const Actor& actor) override;
    Result<int64_t> count_reload(std::string_view id, const Actor& actor) override;

private:
    ExtensionDecision& row(std::string_view id);
    State& state_;
};

}  // namespace ordinaut::store::memory
