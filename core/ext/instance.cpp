#include "ext/instance.h"

#include "base/log.h"
#include "ext/call_context.h"
#include "ext/host_table.h"
#include "ext/upcall.h"

namespace ordinaut::ext {
namespace {

constexpr std::chrono::seconds kStuckPatience{2};

ord_str str(const std::string& text) { return {text.data(), text.size()}; }

tool::ToolResult failed(tool::Outcome outcome, std::string message) {
    tool::ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    return result;
}

}  // namespace

HandleTable<Instance>& instances() {
    static HandleTable<Instance> table(HandleKind::kExtension);
    return table;
}

std::optional<CallerIdentity> Instance::own_identity() const {
    return context_.seams.own_identity ? context_.seams.own_identity(manifest_.id) : std::nullopt;
}

Instance::Instance(InstanceContext& context, const Manifest& manifest, Grants grants,
                   std::string config_json, std::shared_ptr<const Library> library,
                   const std::shared_ptr<Home>& home)
    : context_(context),
      manifest_(manifest),
      grants_(grants),
      library_(std::move(library)),
      table_(library_->descriptor()),
      home_(home),
      log_(home->log()),
      metrics_(context.seams.metrics, manifest_.id),
      supervisor_(context.task_leases),
      subscriptions_(std::make_shared<Subscriptions>(context.seams.streams)),
      workers_(table_.max_concurrency),
      signals_(1),
      config_json_(std::move(config_json)) {}

Instance::~Instance() = default;

Result<std::shared_ptr<Instance>> Instance::start(InstanceContext& context,
                                                  const Manifest& manifest, Grants grants,
                                                  std::string config_json,
                                                  std::shared_ptr<const Library> library,
                                                  const std::shared_ptr<Home>& home) {
    TRY(check_descriptor(library->descriptor(), manifest.id, manifest.version, manifest.asked));
    std::shared_ptr<Instance> self(
        new Instance(context, manifest, grants, std::move(config_json), std::move(library), home),
        [](Instance* unowned) { unowned->let_go(); });
    self->self_ = instances().add(self);
    if (auto started = self->create_and_start(); !started.ok()) {
        instances().drop(self->self_);
        return std::move(started.error());
    }
    self->supervisor_.begin(self);
    self->subscriptions_->begin(self);
    return self;
}

std::string Instance::reason(const std::string& step, ord_status status) const {
    const std::lock_guard lock(mutex_);
    return step + " returned " + status_name(status) +
           (last_error_line_.empty() ? "" : ": " + last_error_line_);
}

Status Instance::create_and_start() {
    std::string caught;
    const std::string config = config_json();
    const ord_status created = guarded(
        [&] { return table_.create(&host_table(), self_, str(config), &instance_); }, caught);
    if (!caught.empty())
        return unavailable("create threw an exception across the boundary: " + caught);
    if (created != ORD_OK) return unavailable(reason("create", created));
    const ord_status started = guarded([&] { return table_.start(instance_); }, caught);
    routes_closed_ = true;
    auto outcome =
        started == ORD_OK ? check_registered() : Status(unavailable(reason("start", started)));
    if (!caught.empty())
        outcome = unavailable("start threw an exception across the boundary: " + caught);
    if (outcome.ok()) return ok();
    std::string ignored;
    if (started == ORD_OK) {
        guarded([&] { table_.quiesce(instance_, monotonic_ns(std::chrono::steady_clock::now())); },
                ignored);
        guarded([&] { table_.stop(instance_); }, ignored);
    }
    signals_.stop(std::chrono::steady_clock::now() + kStuckPatience);
    guarded([&] { table_.destroy(instance_); }, ignored);
    return outcome;
}

Status Instance::check_registered() const {
    const std::lock_guard lock(mutex_);
    if (grants().has(Grant::kRoutes))
        for (const Route* route : manifest_.routes->all())
            if (!registers(*route))
                return unavailable("the manifest declares the route '" + name_of(*route) +
                                   "', but the code does not register it");
    if (!grants().has(Grant::kTools)) return ok();
    for (const auto& spec : manifest_.tools)
        if (registered_.count(spec.name) == 0)
            return unavailable("the manifest declares the tool '" + spec.name +
                               "', but the code does not register it");
    return ok();
}

void Instance::let_go() {
    const uint64_t left = holds_.fetch_sub(kOne) - kOne;
    if ((left & ~kDraining) == 0) delete this;
}

// While nobody waits for the count, this is one step, and nothing is touched after it.
void Instance::closed() {
    uint64_t seen = holds_;
    while ((seen & kDraining) == 0)
        if (holds_.compare_exchange_weak(seen, seen - kOne)) {
            if (seen == kOne) delete this;
            return;
        }
    const auto kept = weak_from_this().lock();  // Null: whoever waited is gone.
    let_go();
    if (kept == nullptr) return;
    const std::lock_guard lock(mutex_);
    drained_.notify_all();
}

void Instance::call(const InvocationRef& invocation) {
    // The route is found before anyone else may take the call back.
    const bool http = invocation->http() != nullptr;
    if (http && !admit(invocation)) return;
    if (!invocation->assign(*this)) return;
    if (quiescing_) return hand_back(invocation);
    const bool posted = workers_.post([self = shared_from_this(), invocation, http] {
        http ? self->run_http(invocation) : self->run_tool(invocation);
    });
    if (!posted) hand_back(invocation);
}

void Instance::call_here(tool::ToolCall&& call, tool::Done&& done,
                         const std::shared_ptr<ToolMeter>& meter) {
    run_entered(*Invocation::begin_inside(*this, std::move(call), std::move(done), meter));
}

void Instance::hand_back(const InvocationRef& invocation) {
    if (!invocation->take_back(*this)) return;
    if (const auto home = home_.lock())
        home->hand_back(invocation);
    else
        invocation->complete(
            failed(tool::Outcome::kRetryable, "extension '" + manifest_.id + "' is stopping"),
            EndedBy::kHost);
}

std::vector<tool::ToolSpec> Instance::offered() const {
    const std::lock_guard lock(mutex_);
    std::vector<tool::ToolSpec> specs;
    for (const auto& [name, spec] : offered_) specs.push_back(spec);
    return specs;
}

void Instance::end_unbegun(Invocation& invocation) {
    invocation.complete(failed(tool::Outcome::kCanceled, "canceled before it started"),
                        EndedBy::kHost);
}

void Instance::run_tool(const InvocationRef& invocation) {
    if (invocation->ended()) return;
    if (invocation->canceled()) return end_unbegun(*invocation);
    if (quiescing_) return hand_back(invocation);
    if (invocation->enter(*this)) run_entered(*invocation);
}

void Instance::run_entered(Invocation& invocation) {
    const tool::ToolCall& call = invocation.call();
    const CallContext context(invocation.handle(), call);
    // The extension knows its tools by their names without its id.
    const size_t prefix = std::min(manifest_.id.size() + 1, call.name.size());
    const ord_tool_call raw{sizeof raw,
                            0,
                            context.get(),
                            {call.name.data() + prefix, call.name.size() - prefix},
                            str(call.input_json)};

    std::string caught;
    const ord_status status = upcall(
        invocation, [&](const auto& table, void* self) { return table.on_tool(self, &raw); },
        caught);
    left(invocation);
    if (status == ORD_OK) return;
    const std::string what = caught.empty()
                                 ? call.name + " returned " + status_name(status)
                                 : call.name + " threw an exception across the boundary: " + caught;
    if (!caught.empty()) fault(what);
    tool::ToolResult result = failed(outcome_of(status), what);
    result.in_doubt = status == ORD_E_INTERNAL;
    if (!invocation.complete(std::move(result), EndedBy::kExtension) &&
        invocations().remembered(invocation.handle()).by == EndedBy::kExtension)
        fault(
            what +
            " after it had finished the call; the return value of an answered call must be ORD_OK");
}

void Instance::post_cancel(ord_handle inv) {
    if (table_.on_cancel == nullptr) return;
    signals_.post([self = shared_from_this(), inv] {
        std::string caught;
        guarded([&] { self->table_.on_cancel(self->instance_, inv); }, caught);
        if (!caught.empty())
            self->fault("on_cancel threw an exception across the boundary: " + caught);
    });
}

bool Instance::stop(MonoTime deadline) {
    std::string caught;
    quiescing_ = true;
    holds_ |= kDraining;
    supervisor_.request_stop();
    subscriptions_->request_stop();
    for (const auto& invocation : open_calls()) hand_back(invocation);
    guarded([&] { table_.quiesce(instance_, monotonic_ns(deadline)); }, caught);
    cancel_streams();
    {
        std::unique_lock lock(mutex_);
        stop_deadline_ = std::min(stop_deadline_, deadline);
        while (open_count() > 0 && std::chrono::steady_clock::now() < stop_deadline_)
            drained_.wait_until(lock, stop_deadline_);
        deadline = stop_deadline_;
    }
    for (const auto& invocation : open_calls())
        if (invocation->complete(
                failed(tool::Outcome::kRetryable,
                       "extension '" + manifest_.id + "' stopped before it answered"),
                EndedBy::kHost))
            fault(invocation->call().name +
                  " was not answered when it was stopped; every call must be finished once");
    const MonoTime patience = std::max(deadline, std::chrono::steady_clock::now() + kStuckPatience);
    bool workers_left = workers_.stop(patience);
    workers_left = supervisor_.wait_ended(patience) && workers_left;
    workers_left = subscriptions_->wait_ended(patience) && workers_left;
    guarded([&] { table_.stop(instance_); }, caught);
    const bool signals_left = signals_.stop(std::chrono::steady_clock::now() + kStuckPatience);
    if (!caught.empty()) fault("an exception crossed the boundary while stopping: " + caught);
    instances().drop(self_);
    forget_downcalls();
    if (!workers_left || !signals_left) {
        fault("some of its threads did not return from an upcall; it is left in memory");
        return false;
    }
    guarded([&] { table_.destroy(instance_); }, caught);
    return true;
}

void Instance::hurry(MonoTime deadline) {
    const std::lock_guard lock(mutex_);
    stop_deadline_ = std::min(stop_deadline_, deadline);
    drained_.notify_all();
}

std::string Instance::config_json() const {
    const std::lock_guard lock(mutex_);
    return config_json_;
}

Result<bool> Instance::reconfigure(const std::string& config_json) {
    if (table_.reconfigure == nullptr) return false;
    std::string caught;
    const ord_status status =
        guarded([&] { return table_.reconfigure(instance_, str(config_json)); }, caught);
    if (!caught.empty()) {
        fault("reconfigure threw an exception across the boundary: " + caught);
        return unavailable("reconfigure threw an exception across the boundary: " + caught);
    }
    if (status == ORD_E_UNSUPPORTED) return false;
    if (status != ORD_OK) return unavailable(reason("reconfigure", status));
    const std::lock_guard lock(mutex_);
    config_json_ = config_json;
    return true;
}

void Instance::left(Invocation& invocation) {
    if (!invocation.leave() || stuck_count_ == 0 || !invocation.ended()) return;
    const std::lock_guard lock(mutex_);
    stuck_count_ -= static_cast<int>(stuck_calls_.erase(invocation.handle()));
}

void Instance::stuck(Invocation& invocation) {
    {
        const std::lock_guard lock(mutex_);
        if (!stuck_calls_.insert(invocation.handle()).second) return;
        ++stuck_count_;
        // Counted before it looks, so that left() sees the count or this sees that it has left.
        if (!invocation.inside()) {
            stuck_calls_.erase(invocation.handle());
            --stuck_count_;
            return;
        }
    }
    fault(invocation.call().name +
          " is stuck: its upcall was given up and has not returned; one of " +
          std::to_string(table_.max_concurrency) + " threads is lost until it does");
}

int Instance::stuck_upcalls() const { return stuck_count_; }

std::vector<InvocationRef> Instance::open_calls() const {
    auto calls = invocations().all();
    std::erase_if(calls, [this](const auto& call) { return !call->given_to(*this); });
    return calls;
}

void Instance::forget_downcalls() {
    watches_.forget_all();
    const std::lock_guard lock(mutex_);
    for (const auto& [token, downcall] : downcalls_)
        if (downcall.deadline) context_.deadlines.remove(*downcall.deadline);
    downcalls_.clear();
}

void Instance::fault(const std::string& what, const std::string& kind) {
    const std::string& key = kind.empty() ? what : kind;
    {
        const std::lock_guard lock(mutex_);
        const bool known = std::any_of(faults_.begin(), faults_.end(),
                                       [&](const auto& fault) { return fault.first == key; });
        const bool remembered = !known && faults_.size() < 20;
        if (remembered) faults_.emplace_back(key, what);
        if (kind.empty() && !remembered) return;
    }
    if (!kind.empty() && !admit_line()) return;
    log_->add(SystemClock().wall_now(), "warn", what);
    log_warn("extension.fault", {{"ext_id", manifest_.id}, {"what", what}});
}

std::vector<std::string> Instance::tasks_not_spawned() const {
    if (!grants().has(Grant::kBackgroundTasks)) return {};
    return supervisor_.not_spawned(manifest_.background);
}

std::vector<std::string> Instance::faults() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const auto& [kind, what] : faults_) texts.push_back(what);
    return texts;
}

}  // namespace ordinaut::ext
