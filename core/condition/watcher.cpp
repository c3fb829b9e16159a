#include "condition/watcher.h"

#include <utility>

#include "base/log.h"
#include "condition/edge.h"

namespace ordinaut::condition {

Watcher::Watcher(store::ConditionStore& conditions, EvaluationContext context,
                 store::ConditionStore::Planner plan, WatcherOptions options)
    : conditions_(conditions),
      context_(std::move(context)),
      plan_(std::move(plan)),
      options_(options),
      pool_(std::make_shared<WorkPool>("condition", options.threads,
                                       static_cast<size_t>(options.in_flight_max) * 2)) {}

Watcher::~Watcher() { stop(); }

void Watcher::start() {
    thread_ = std::thread([this] { loop(); });
}

void Watcher::stop() {
    std::vector<std::shared_ptr<Evaluation>> running;
    {
        std::lock_guard lock(shared_->mutex);
        if (shared_->stopping) return;
        shared_->stopping = true;
        for (const auto& [token, evaluation] : shared_->in_flight) running.push_back(evaluation);
    }
    shared_->changed.notify_all();
    if (thread_.joinable()) thread_.join();
    for (const auto& evaluation : running) evaluation->cancel();
    running.clear();
    {
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait_for(lock, options_.drain,
                                  [this] { return shared_->in_flight.empty(); });
    }
    pool_->stop();
    give_back();
}

// What was not settled is due at once for another process.
void Watcher::give_back() {
    std::vector<std::pair<Id, Id>> left;
    for (const auto& answer : std::exchange(busy_, {}))
        left.emplace_back(answer.task_id, answer.lease_token);
    {
        std::lock_guard lock(shared_->mutex);
        for (const auto& answer : shared_->answers)
            left.emplace_back(answer.task_id, answer.lease_token);
        shared_->answers.clear();
    }
    if (left.empty()) return;
    if (const Status done = conditions_.release(left); !done.ok())
        log_warn("condition.not_released", {{"error", done.error().message}});
}

Result<int> Watcher::begin_due() {
    int room = 0;
    {
        std::lock_guard lock(shared_->mutex);
        if (shared_->stopping) return 0;
        const auto busy =
            static_cast<int>(shared_->in_flight.size() + shared_->answers.size() + busy_.size());
        room = std::min(options_.batch, options_.in_flight_max - busy);
    }
    if (room <= 0) return 0;
    auto leases = TRY(conditions_.claim(room, kDeadlineMax + options_.lease_margin));
    const int begun = static_cast<int>(leases.size());
    std::vector<std::shared_ptr<Evaluation>> evaluations;
    for (auto& lease : leases) {
        const Id token = lease.lease_token;
        auto evaluation =
            std::make_shared<Evaluation>(context_, pool_, std::move(lease),
                                         [shared = shared_, token](store::ConditionAnswer answer) {
                                             std::lock_guard lock(shared->mutex);
                                             shared->in_flight.erase(token);
                                             shared->answers.push_back(std::move(answer));
                                             shared->changed.notify_all();
                                         });
        evaluations.push_back(evaluation);
        std::lock_guard lock(shared_->mutex);
        shared_->in_flight.emplace(token, std::move(evaluation));
    }
    for (const auto& evaluation : evaluations) evaluation->start();
    return begun;
}

void Watcher::wait_for_answers() {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [this] { return shared_->in_flight.empty(); });
}

void Watcher::count(std::string_view answer, int edges) {
    if (options_.metrics == nullptr) return;
    options_.metrics
        ->counter("orchestrator_condition_evaluations_total", "Evaluations of conditions settled.",
                  {{"answer", std::string(answer)}})
        .add();
    if (edges > 0)
        options_.metrics
            ->counter("orchestrator_condition_edges_total",
                      "Edges of conditions that were planned.")
            .add(edges);
}

// How many edges there were. What is busy is kept for the next round; what cannot be stored is
// dropped, and its lease ends by itself.
int Watcher::settle_batch(std::vector<store::ConditionAnswer> batch, Status& status) {
    const auto outcomes = conditions_.settle(batch, judge, plan_);
    std::lock_guard lock(shared_->mutex);
    if (!outcomes.ok()) {
        status = outcomes.error();
        if (outcomes.error().code == ErrorCode::kUnavailable)
            std::move(batch.begin(), batch.end(), std::back_inserter(shared_->answers));
        return 0;
    }
    int edges = 0;
    for (size_t i = 0; i < batch.size(); ++i) {
        const bool known = !batch[i].value_json.empty();
        switch ((*outcomes)[i]) {
            case store::AnswerOutcome::kBusy: busy_.push_back(std::move(batch[i])); break;
            case store::AnswerOutcome::kFired:
                ++edges;
                count("known", 1);
                break;
            case store::AnswerOutcome::kStored: count(known ? "known" : "unknown", 0); break;
            case store::AnswerOutcome::kLost: break;
        }
    }
    return edges;
}

Result<int> Watcher::settle() {
    std::vector<store::ConditionAnswer> answers = std::exchange(busy_, {});
    {
        std::lock_guard lock(shared_->mutex);
        std::move(shared_->answers.begin(), shared_->answers.end(), std::back_inserter(answers));
        shared_->answers.clear();
    }
    int edges = 0;
    Status status = ok();
    for (size_t begin = 0; begin < answers.size(); begin += static_cast<size_t>(options_.batch)) {
        const size_t end = std::min(answers.size(), begin + static_cast<size_t>(options_.batch));
        edges += settle_batch({std::make_move_iterator(answers.begin() + static_cast<long>(begin)),
                               std::make_move_iterator(answers.begin() + static_cast<long>(end))},
                              status);
    }
    TRY(std::move(status));
    return edges;
}

void Watcher::loop() {
    bool failing = false;
    auto next_look = context_.clock.mono_now();
    while (true) {
        {
            std::unique_lock lock(shared_->mutex);
            shared_->changed.wait_for(lock, next_look - context_.clock.mono_now(), [&] {
                return shared_->stopping || (!failing && !shared_->answers.empty());
            });
            if (shared_->stopping) return;
        }
        Result<int> done = settle();
        if (done.ok() && context_.clock.mono_now() >= next_look) {
            done = begin_due();
            // A full batch: there may be more.
            if (!done.ok() || *done < options_.batch)
                next_look = context_.clock.mono_now() + options_.look_every;
        } else if (!done.ok()) {
            next_look = context_.clock.mono_now() + options_.look_every;
        }
        if (done.ok() != failing) continue;
        failing = !done.ok();
        if (failing)
            log_error("condition.failing", {{"error", done.error().message}});
        else
            log_info("condition.recovered");
    }
}

}  // namespace ordinaut::condition
