#include "ext/subscriptions.h"

#include <ordinaut/log.h>

#include <thread>

#include "base/log.h"
#include "ext/call_context.h"
#include "ext/instance.h"

namespace ordinaut::ext {
namespace {

constexpr int64_t kSubscriptionsMax = 100;
constexpr std::chrono::milliseconds kRetryEvery{100};  // While the server does not answer.
// Between looks while something is in flight.
constexpr std::chrono::milliseconds kWorkingPause{25};
// At most, waiting for the server to say that something came.
constexpr std::chrono::milliseconds kIdlePause{250};

MonoTime now() { return std::chrono::steady_clock::now(); }

HandleTable<Subscription>& subscriptions() {
    static HandleTable<Subscription> table(HandleKind::kSubscription);
    return table;
}

ord_str str(const std::string& text) { return {text.data(), text.size()}; }

// What the extension's answer to a delivery means, and when it may come again.
std::pair<Verdict, std::chrono::milliseconds> verdict_of(const tool::ToolResult& result,
                                                         int deliveries) {
    using std::chrono::milliseconds;
    switch (result.outcome) {
        case tool::Outcome::kOk: return {Verdict::kDone, {}};
        case tool::Outcome::kTerminal: return {Verdict::kGivenUp, {}};
        case tool::Outcome::kTimedOut: return {Verdict::kAgain, {}};  // The time-out was the delay.
        case tool::Outcome::kRetryable:
        case tool::Outcome::kRateLimited:
        case tool::Outcome::kCanceled: break;
    }
    return {Verdict::kAgain,
            result.retry_after.value_or(milliseconds(1000) * (1 << std::min(deliveries - 1, 10)))};
}

tool::ToolCall call_of(Instance& instance, const EventDelivery& delivery,
                       std::chrono::milliseconds ack_timeout) {
    tool::ToolCall call;
    call.name = instance.manifest().id + "/event " + delivery.entry.topic;
    call.attempt = delivery.entry.deliveries;
    call.deadline = now() + ack_timeout;
    call.trace_id = delivery.entry.trace_id;
    call.causation_depth = delivery.entry.causation_depth + 1;
    call.idempotency_key =
        delivery.entry.event_id.empty() ? delivery.entry.id : delivery.entry.event_id;
    if (const auto identity = instance.own_identity()) {
        call.principal = identity->principal;
        call.scopes = identity->scopes;
    }
    return call;
}

}  // namespace

ord_status Subscriptions::subscribe(const std::shared_ptr<Instance>& instance,
                                    SubscriptionPlan plan, ord_handle* subscription) {
    if (streams_ == nullptr) return ORD_E_UNSUPPORTED;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return ORD_E_STATE;
        if (open_count() >= kSubscriptionsMax) return ORD_E_LIMIT;
    }
    auto made = std::make_shared<Subscription>(
        instance->self(), instance->manifest().id, std::move(plan), *streams_,
        [weak = std::weak_ptr(instance)](const std::string& what, const std::string& kind) {
            if (const auto alive = weak.lock()) alive->fault(what, kind);
        });
    // A round trip, without the lock.
    if (const Status taken = made->take_position();
        !taken.ok() && taken.error().code == ErrorCode::kTooLarge) {
        instance->log(ORD_LOG_ERROR, "a subscription is refused: " + taken.error().message, {},
                      nullptr);
        return ORD_E_LIMIT;
    }
    const std::lock_guard lock(mutex_);
    if (stopping_) return ORD_E_STATE;
    if (open_count() >= kSubscriptionsMax) return ORD_E_LIMIT;
    *subscription = subscriptions().add(made);
    known_.emplace_back(*subscription, std::move(made));
    woken_ = true;
    changed_.notify_all();
    if (begun_) start_reading(instance);
    return ORD_OK;
}

ord_status Subscriptions::unsubscribe(const Instance& instance, ord_handle subscription) {
    const auto found = subscriptions().find(subscription);
    if (found == nullptr || found->instance() != instance.self()) return ORD_E_HANDLE;
    found->close();
    subscriptions().drop(subscription);
    return ORD_OK;
}

std::optional<std::string> Subscriptions::cause_of(ord_handle inv) const {
    const std::lock_guard lock(mutex_);
    const auto found = causes_.find(inv);
    return found == causes_.end() ? std::nullopt : std::optional(found->second);
}

void Subscriptions::begin(const std::shared_ptr<Instance>& instance) {
    const std::lock_guard lock(mutex_);
    begun_ = true;
    if (!known_.empty()) start_reading(instance);
}

void Subscriptions::start_reading(const std::shared_ptr<Instance>& instance) {
    if (reading_ || stopping_) return;
    reading_ = true;
    std::thread([self = shared_from_this(), owner = instance]() mutable {
        self->read_loop(*owner);
        owner.reset();
        const std::lock_guard guard(self->mutex_);
        self->ended_ = true;
        self->changed_.notify_all();
    }).detach();
}

void Subscriptions::request_stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [handle, subscription] : known_) subscription->close();
    changed_.notify_all();
}

bool Subscriptions::wait_ended(MonoTime until) {
    std::unique_lock lock(mutex_);
    const bool ended = changed_.wait_until(lock, until, [this] { return ended_ || !reading_; });
    for (const auto& [handle, subscription] : known_) subscriptions().drop(handle);
    return ended;
}

int64_t Subscriptions::open_count() const {
    return std::count_if(known_.begin(), known_.end(),
                         [](const auto& entry) { return !entry.second->closed(); });
}

void Subscriptions::go_last(ord_handle subscription) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(known_.begin(), known_.end(),
                                    [&](const auto& entry) { return entry.first == subscription; });
    if (found != known_.end()) std::rotate(found, found + 1, known_.end());
}

void Subscriptions::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

Subscriptions::Known Subscriptions::known() const {
    const std::lock_guard lock(mutex_);
    return known_;
}

bool Subscriptions::step_all(Instance& instance, const Known& known, bool& delivered) {
    bool healthy = true;
    for (const auto& [handle, subscription] : known) {
        std::vector<EventDelivery> deliveries;
        const auto stepped = subscription->step(deliveries);
        if (!stepped.ok())
            log_debug("events.step_failed",
                      {{"ext_id", instance.manifest().id}, {"error", stepped.error().message}});
        healthy = healthy && stepped.ok();
        if (const auto at = subscription->given_back())
            for (const auto& [unused, other] : known) other->take_over(*subscription, *at);
        delivered = delivered || !deliveries.empty();
        if (!deliveries.empty()) go_last(handle);
        for (auto& delivery : deliveries)
            deliver(instance, subscription, handle, std::move(delivery));
    }
    return healthy;
}

void Subscriptions::read_loop(Instance& instance) {
    bool was_healthy = true;
    while (true) {
        const Known at_work = known();
        bool delivered = false, stopping = false;
        {
            const std::lock_guard lock(mutex_);
            woken_ = false;  // Before looking: what comes after this line ends the pause below.
            stopping = stopping_;
        }
        const bool healthy = step_all(instance, at_work, delivered);
        if (healthy != was_healthy) {
            if (healthy)
                log_info("events.recovered", {{"ext_id", instance.manifest().id}});
            else
                log_warn("events.unreachable", {{"ext_id", instance.manifest().id}});
            was_healthy = healthy;
        }
        const bool all_done = std::all_of(at_work.begin(), at_work.end(), [](const auto& entry) {
            return entry.second->all_done();
        });
        const bool settled = std::none_of(at_work.begin(), at_work.end(), [](const auto& entry) {
            return entry.second->working();
        });
        // What cannot be settled now is overdue for whoever reads next.
        if (stopping && all_done && (settled || !healthy)) return;
        {
            const std::lock_guard lock(mutex_);
            std::erase_if(known_, [](const auto& entry) {
                return entry.second->closed() && !entry.second->working();
            });
        }
        if (!delivered || !healthy) pause(at_work, healthy);
    }
}

void Subscriptions::pause(const Known& known, bool healthy) {
    const bool working = std::any_of(known.begin(), known.end(),
                                     [](const auto& entry) { return entry.second->working(); });
    MonoTime until = now() + (!healthy ? kRetryEvery : working ? kWorkingPause : kIdlePause);
    std::vector<events::StreamRef> streams;
    for (const auto& [handle, subscription] : known) {
        until = std::min(until, std::max(subscription->due(), now()));
        for (const auto& stream : subscription->streams())
            if (std::find(streams.begin(), streams.end(), stream) == streams.end())
                streams.push_back(stream);
    }
    bool waits_here = !healthy || working || streams.empty();
    {
        std::unique_lock lock(mutex_);
        if (!healthy) until = now() + kRetryEvery;
        waits_here = waits_here || stopping_ || woken_;
        if (waits_here) {
            const auto stopping = stopping_;
            changed_.wait_until(lock, stopping ? now() + kWorkingPause : until,
                                [&] { return woken_ || (stopping_ && !stopping); });
            return;
        }
    }
    if (streams != waited_for_) {
        waited_for_ = streams;
        positions_.clear();
    }
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(until - now());
    if (const auto waited = streams_->wait(streams, positions_, limit); !waited.ok()) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kRetryEvery, [this] { return stopping_; });
    }
}

void Subscriptions::deliver(Instance& instance, const std::shared_ptr<Subscription>& subscription,
                            ord_handle handle, EventDelivery delivery) {
    const auto shared = std::make_shared<const EventDelivery>(std::move(delivery));
    const auto invocation_handle = std::make_shared<std::atomic<ord_handle>>(0);
    const auto done = [self = shared_from_this(), subscription, shared,
                       invocation_handle](const tool::ToolResult& result) {
        const auto [verdict, delay] = verdict_of(result, shared->entry.deliveries);
        subscription->done(*shared, verdict, delay, result.message);
        {
            const std::lock_guard lock(self->mutex_);
            self->causes_.erase(*invocation_handle);
        }
        self->wake();
    };
    const auto invocation =
        Invocation::begin(instance.context().deadlines,
                          call_of(instance, *shared, subscription->plan().ack_timeout), done);
    *invocation_handle = invocation->handle();
    {
        const std::lock_guard lock(mutex_);
        if (!invocation->ended())
            causes_.emplace(invocation->handle(), shared->entry.event_id.empty()
                                                      ? shared->entry.id
                                                      : shared->entry.event_id);
    }
    instance.post_upcall(invocation, [shared, handle](const ord_extension_v1& table,
                                                      void* extension, const ord_call* call) {
        const events::StreamEntry& entry = shared->entry;
        const std::string published_at = format_time(entry.published_at);
        const ord_event raw{sizeof raw,
                            static_cast<uint32_t>(entry.deliveries - 1),
                            call,
                            handle,
                            str(entry.id),
                            str(entry.topic),
                            str(entry.source),
                            str(entry.causation_id),
                            str(published_at),
                            str(entry.payload_json)};
        return table.on_event(extension, &raw);
    });
}

}  // namespace ordinaut::ext
