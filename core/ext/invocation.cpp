#include "ext/invocation.h"

#include "ext/http_call.h"
#include "ext/instance.h"

namespace ordinaut::ext {
namespace {

std::string seconds_text(std::chrono::milliseconds time) {
    const auto ms = time.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

tool::ToolResult failed(tool::Outcome outcome, std::string message) {
    tool::ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
}

// As a move, for less: most members of most calls are empty, and those are not touched (to copy an
// optional that was just made, in one piece, costs as much as three texts). A member that is added
// does not compile until it is here.
tool::ToolCall taken(tool::ToolCall& from) {
    tool::ToolCall to;
    auto& [name, input, deadline, attempt, principal, scopes, key, run, step, task, trace, depth] =
        from;
    const auto take = [](auto& here, auto& there) {
        if (!there.empty()) here = std::move(there);
    };
    take(to.name, name);
    take(to.input_json, input);
    if (deadline) to.deadline = *deadline;
    to.attempt = attempt;
    take(to.principal, principal);
    take(to.scopes, scopes);
    take(to.idempotency_key, key);
    take(to.run_id, run);
    take(to.step_id, step);
    take(to.task_id, task);
    take(to.trace_id, trace);
    to.causation_depth = depth;
    return to;
}

}  // namespace

Invocation::Invocation(Key, InvocationSlot& slot, Deadlines& deadlines, tool::ToolCall&& call,
                       tool::Done&& done, std::shared_ptr<HttpCall>&& http)
    : slot_(slot),
      handle_(slot.handle()),
      deadlines_(deadlines),
      call_(taken(call)),
      http_(std::move(http)),
      done_(std::move(done)) {}

Invocation::~Invocation() = default;

InvocationRef Invocation::begin(Deadlines& deadlines, tool::ToolCall&& call, tool::Done&& done,
                                std::shared_ptr<HttpCall> http) {
    InvocationSlot& slot = Invocations::take_slot();
    const Invocation& self = *new (slot.invocation) Invocation(
        Key{}, slot, deadlines, std::move(call), std::move(done), std::move(http));
    auto opened = Invocations::open(slot);
    if (self.call_.deadline) opened->set_deadline();
    return opened;
}

InvocationRef Invocation::begin_inside(Instance& instance, tool::ToolCall&& call, tool::Done&& done,
                                       const std::shared_ptr<ToolMeter>& meter) {
    InvocationSlot& slot = Invocations::take_slot();
    Invocation& self = *new (slot.invocation) Invocation(Key{}, slot, instance.context().deadlines,
                                                         std::move(call), std::move(done), nullptr);
    if (meter != nullptr) self.measure(meter);
    self.instance_ = &instance;
    instance.opened();
    self.entered_ = true;
    self.inside_.store(true, std::memory_order_relaxed);
    auto opened = Invocations::open(slot);
    if (self.call_.deadline) self.set_deadline();
    return opened;
}

void Invocation::set_deadline() {
    // The handle alone fits into the action without memory of its own.
    const auto ticket = deadlines_.add(*call_.deadline, [inv = handle_] {
        if (const auto open = invocations().find(inv); open != nullptr) open->expire();
    });
    keep(deadline_, ticket);
}

// Or takes it back, when it has ended meanwhile.
void Invocation::keep(std::optional<Deadlines::Ticket>& place, const Deadlines::Ticket& ticket) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended()) {
            place = ticket;
            return;
        }
    }
    deadlines_.remove(ticket);
}

void Invocation::measure(const std::shared_ptr<ToolMeter>& meter) {
    meter_ = meter;
    began_ = std::chrono::steady_clock::now();
}

bool Invocation::complete(tool::ToolResult&& result, EndedBy by) {
    if (!take(by)) return false;
    const tool::Done done = std::move(done_);
    // A tool that answers for itself knows what it did, unless it was cut short or has a fault.
    if (entered_ && (by == EndedBy::kHost || result.outcome == tool::Outcome::kTimedOut ||
                     result.outcome == tool::Outcome::kCanceled))
        result.in_doubt = true;
    if (meter_ != nullptr)
        meter_->answered(result.outcome, std::chrono::steady_clock::now() - began_);
    done(std::move(result));
    return true;
}

bool Invocation::end(EndedBy by) {
    if (!take(by)) return false;
    done_ = nullptr;
    return true;
}

// From then on what it guards is this thread's alone.
bool Invocation::take(EndedBy by) {
    Instance* instance = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (ended()) return false;
        ended_by_.store(by, std::memory_order_release);
        instance = std::exchange(instance_, nullptr);
    }
    if (deadline_) deadlines_.remove(*deadline_);
    if (grace_) deadlines_.remove(*grace_);
    Invocations::close(slot_, Ended{by, instance == nullptr ? 0 : instance->self()});
    if (instance == nullptr) return true;
    instance->watches().invocation_ended(handle_);
    instance->closed();
    return true;
}

std::shared_ptr<Instance> Invocation::instance() const {
    const std::lock_guard lock(mutex_);
    return instance_ == nullptr ? nullptr : instance_->weak_from_this().lock();
}

bool Invocation::given_to(const Instance& instance) const {
    const std::lock_guard lock(mutex_);
    return instance_ == &instance;
}

void Invocation::lift_deadline() {
    std::optional<Deadlines::Ticket> lifted;
    {
        const std::lock_guard lock(mutex_);
        if (!canceled_ && !ended()) lifted.swap(deadline_);
    }
    if (lifted) deadlines_.remove(*lifted);
}

void Invocation::cancel() {
    if (canceled_.exchange(true)) return;
    const auto asked = instance();
    if (asked == nullptr) {
        complete(failed(tool::Outcome::kCanceled, "canceled before it started"), EndedBy::kHost);
        return;
    }
    const auto grace = deadlines_.add(
        std::chrono::steady_clock::now() + asked->context().cancel_grace, [inv = handle_] {
            if (const auto open = invocations().find(inv); open != nullptr) open->abandon();
        });
    keep(grace_, grace);
    asked->post_cancel(handle_);
}

void Invocation::client_gone() {
    if (http_->streaming()) return cancel();
    if (canceled_.exchange(true)) return;
    if (const auto asked = instance(); asked != nullptr) asked->post_cancel(handle_);
}

bool Invocation::assign(Instance& instance) {
    const std::lock_guard lock(mutex_);
    if (ended() || (canceled_ && http_ == nullptr)) return false;
    instance_ = &instance;
    // Under the lock, so that a completion cannot close it before it is open.
    instance.opened();
    return true;
}

bool Invocation::enter(const Instance& instance) {
    const std::lock_guard lock(mutex_);
    if (ended() || instance_ != &instance) return false;
    entered_ = true;
    inside_.store(true, std::memory_order_relaxed);
    return true;
}

bool Invocation::leave() {
    // Only what the host ended may be asked meanwhile whether it is still inside.
    if (ended_by_.load(std::memory_order_relaxed) == EndedBy::kExtension) {
        inside_.store(false, std::memory_order_relaxed);
        return false;
    }
    inside_ = false;
    return true;
}

bool Invocation::take_back(const Instance& instance) {
    if (pinned_) return false;
    Instance* left = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (ended() || entered_ || instance_ != &instance) return false;
        left = std::exchange(instance_, nullptr);
    }
    left->closed();
    return true;
}

void Invocation::abandon() {
    const auto asked = instance();
    const std::string what =
        call_.name + " did not stop within " +
        (asked == nullptr ? "its grace" : seconds_text(asked->context().cancel_grace)) +
        " of being canceled; abandoned";
    if (!complete(failed(tool::Outcome::kCanceled, what), EndedBy::kHost) || asked == nullptr)
        return;
    asked->fault(what);
    if (inside_) asked->stuck(*this);
}

void Invocation::expire() {
    const auto asked = instance();
    canceled_ = true;
    if (!complete(failed(tool::Outcome::kTimedOut, call_.name + " did not answer in time"),
                  EndedBy::kHost) ||
        asked == nullptr)
        return;
    asked->post_cancel(handle_);
    if (inside_) watch_upcall(asked);
}

// Nobody waits for it any more; it has its grace to return from the upcall.
void Invocation::watch_upcall(const std::shared_ptr<Instance>& instance) {
    deadlines_.add(std::chrono::steady_clock::now() + instance->context().cancel_grace,
                   [self = Invocations::again(slot_), weak = std::weak_ptr(instance)] {
                       if (const auto asked = weak.lock(); asked != nullptr && self->inside_)
                           asked->stuck(*self);
                   });
}

tool::Outcome outcome_of(ord_status status) {
    switch (status) {
        case ORD_OK: return tool::Outcome::kOk;
        case ORD_E_CANCELED: return tool::Outcome::kCanceled;
        case ORD_E_DEADLINE: return tool::Outcome::kTimedOut;
        case ORD_E_RATE_LIMITED: return tool::Outcome::kRateLimited;
        case ORD_E_RETRYABLE:
        case ORD_E_AGAIN:
        case ORD_E_GONE:
        case ORD_E_INTERNAL: return tool::Outcome::kRetryable;
        default: return tool::Outcome::kTerminal;
    }
}

std::string status_name(ord_status status) {
    static constexpr std::string_view kNames[] = {
        "ORD_OK",          "ORD_E_INVALID",   "ORD_E_DENIED",       "ORD_E_UNSUPPORTED",
        "ORD_E_NOT_FOUND", "ORD_E_CONFLICT",  "ORD_E_CANCELED",     "ORD_E_DEADLINE",
        "ORD_E_AGAIN",     "ORD_E_LIMIT",     "ORD_E_GONE",         "ORD_E_STATE",
        "ORD_E_HANDLE",    "ORD_E_RETRYABLE", "ORD_E_RATE_LIMITED", "ORD_E_TERMINAL",
        "ORD_E_INTERNAL"};
    if (status < 0 || static_cast<size_t>(status) >= std::size(kNames))
        return "status " + std::to_string(status);
    return std::string(kNames[status]);
}

}  // namespace ordinaut::ext
