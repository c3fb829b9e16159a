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

}  // namespace

HandleTable<Invocation, Ended>& invocations() {
    static HandleTable<Invocation, Ended> table(HandleKind::kInvocation);
    return table;
}

Invocation::Invocation(Key, Deadlines& deadlines, std::string&& tool, tool::ToolCall&& call,
                       tool::Done&& done, std::shared_ptr<HttpCall>&& http)
    : deadlines_(deadlines),
      tool_(std::move(tool)),
      call_(std::move(call)),
      http_(std::move(http)),
      done_(std::move(done)) {}

std::shared_ptr<Invocation> Invocation::begin(Deadlines& deadlines, std::string tool,
                                              tool::ToolCall&& call, tool::Done&& done,
                                              std::shared_ptr<HttpCall> http) {
    auto self =
        std::allocate_shared<Invocation>(Recycling<Invocation>(), Key{}, deadlines, std::move(tool),
                                         std::move(call), std::move(done), std::move(http));
    self->handle_ = invocations().add(self);
    if (self->call_.deadline) {
        const auto ticket = deadlines.add(*self->call_.deadline, self, [](void* own) {
            static_cast<Invocation*>(own)->expire();
        });
        const std::lock_guard lock(self->mutex_);
        self->deadline_ = ticket;
    }
    return self;
}

void Invocation::measure(const std::shared_ptr<ToolMeter>& meter) {
    meter_ = meter;
    began_ = std::chrono::steady_clock::now();
}

bool Invocation::complete(tool::ToolResult&& result, EndedBy by) {
    tool::Done done;
    if (!take(by, done)) return false;
    if (meter_ != nullptr)
        meter_->answered(result.outcome, std::chrono::steady_clock::now() - began_);
    done(std::move(result));
    return true;
}

bool Invocation::end(EndedBy by) {
    tool::Done dropped;
    return take(by, dropped);
}

bool Invocation::take(EndedBy by, tool::Done& done) {
    if (ended_.exchange(true)) return false;
    std::shared_ptr<Instance> instance;
    std::optional<Deadlines::Ticket> deadline, grace;
    {
        const std::lock_guard lock(mutex_);
        instance.swap(instance_);
        done.swap(done_);
        deadline.swap(deadline_);
        grace.swap(grace_);
    }
    if (deadline) deadlines_.remove(*deadline);
    if (grace) deadlines_.remove(*grace);
    const auto self =
        invocations().drop(handle_, Ended{by, instance == nullptr ? 0 : instance->self()});
    if (instance == nullptr) return true;
    instance->watches().invocation_ended(handle_);
    instance->closed();
    return true;
}

std::shared_ptr<Instance> Invocation::instance() const {
    const std::lock_guard lock(mutex_);
    return instance_;
}

void Invocation::lift_deadline() {
    std::optional<Deadlines::Ticket> lifted;
    {
        const std::lock_guard lock(mutex_);
        if (!canceled_) lifted.swap(deadline_);
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
        std::chrono::steady_clock::now() + asked->context().cancel_grace, weak_from_this(),
        [](void* own) { static_cast<Invocation*>(own)->abandon(); });
    bool over = true;
    {
        const std::lock_guard lock(mutex_);
        over = ended_;
        if (!over) grace_ = grace;
    }
    if (over) deadlines_.remove(grace);
    asked->post_cancel(handle_);
}

void Invocation::client_gone() {
    if (http_->streaming()) return cancel();
    if (canceled_.exchange(true)) return;
    if (const auto asked = instance(); asked != nullptr) asked->post_cancel(handle_);
}

bool Invocation::assign(const std::shared_ptr<Instance>& instance) {
    const std::lock_guard lock(mutex_);
    if (ended_ || (canceled_ && http_ == nullptr)) return false;
    instance_ = instance;
    // Under the lock, so that a completion cannot close it before it is open.
    instance->opened();
    return true;
}

bool Invocation::assign_and_enter(std::shared_ptr<Instance> instance) {
    const std::lock_guard lock(mutex_);
    if (ended_ || canceled_) return false;
    instance->opened();
    instance_ = std::move(instance);
    entered_ = true;
    inside_.store(true, std::memory_order_relaxed);
    return true;
}

bool Invocation::enter(const Instance& instance) {
    const std::lock_guard lock(mutex_);
    if (ended_ || instance_.get() != &instance) return false;
    entered_ = true;
    inside_ = true;
    return true;
}

bool Invocation::take_back(const Instance& instance) {
    if (pinned_) return false;
    std::shared_ptr<Instance> left;  // Its end must not come under the lock.
    const std::lock_guard lock(mutex_);
    if (ended_ || entered_ || instance_.get() != &instance) return false;
    left.swap(instance_);
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
    if (inside_) asked->stuck(shared_from_this());
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
                   [self = shared_from_this(), weak = std::weak_ptr(instance)] {
                       if (const auto asked = weak.lock(); asked != nullptr && self->inside_)
                           asked->stuck(self);
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
