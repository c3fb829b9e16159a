#include "ext/extension_slot.h"

#include <future>

#include "base/log.h"

namespace ordinaut::ext {
namespace {

// One tool of an extension, as the catalogue sees it.
class ExtensionTool final : public tool::Tool {
public:
    ExtensionTool(std::shared_ptr<ExtensionSlot> slot, tool::ToolSpec spec)
        : slot_(std::move(slot)), spec_(std::move(spec)), bare_name_(spec_.name.substr(spec_.extension_id.size() + 1)) {}
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        return slot_->invoke(bare_name_, std::move(call), std::move(done));
    }

private:
    const std::shared_ptr<ExtensionSlot> slot_;
    const tool::ToolSpec spec_;
    const std::string bare_name_;
};

tool::ToolResult unavailable_result(const std::string& id, State state, const std::string& reason) {
    tool::ToolResult result;
    result.outcome = state == State::kError ? tool::Outcome::kTerminal : tool::Outcome::kRetryable;
    result.message = "extension '" + id + "' is " + std::string(name_of(state)) + (reason.empty() ? "" : ": " + reason);
    return result;
}

std::string config_of(const HostOptions& options, const std::string& id) {
    const auto found = options.config.find(id);
    return found == options.config.end() ? "{}" : found->second;
}

bool is_enabled(const Found& found, const HostOptions& options) {
    const auto decided = options.enabled.find(found.id);
    return decided == options.enabled.end() ? found.manifest->enabled : decided->second;
}

// Changes when the file is replaced or written to.
std::string stamp_of(const std::filesystem::path& file) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(file, problem);
    const auto time = std::filesystem::last_write_time(file, problem).time_since_epoch().count();
    return problem ? "" : std::to_string(size) + "/" + std::to_string(time);
}

}  // namespace

ExtensionSlot::ExtensionSlot(InstanceContext& context, Found found, const HostOptions& options)
    : context_(context), found_(std::move(found)), config_json_(config_of(options, found_.id)), drain_(options.drain),
      eager_(found_.manifest && (found_.manifest->eager || std::find(options.eager.begin(), options.eager.end(), found_.id) != options.eager.end())) {
    if (!found_.manifest) {
        set_state(State::kError, found_.error);
        return;
    }
    const Grants allowed = decide(found_.manifest->asked, found_.id, found_.source, options.policy);
    granted_ = allowed & supported_grants();
    for (const auto& name : allowed.without(granted_).names())
        grant_warnings_.push_back(name + " is asked for and allowed, but this version does not offer it yet");
    for (const auto& name : found_.manifest->asked.without(allowed).names())
        grant_warnings_.push_back(name + " is asked for, but not granted; an operator grants it with ORDINAUT_EXT_GRANTS");
    if (!is_enabled(found_, options)) set_state(State::kDisabled, "");
}

ExtensionInfo ExtensionSlot::info() const {
    ExtensionInfo info;
    info.id = found_.id;
    info.source = found_.source;
    info.name = found_.manifest ? found_.manifest->name : found_.id;
    if (found_.manifest) {
        info.version = found_.manifest->version;
        info.description = found_.manifest->description;
        info.asked = found_.manifest->asked;
        info.warnings = found_.manifest->warnings;
    }
    info.granted = granted_;
    info.warnings.insert(info.warnings.end(), grant_warnings_.begin(), grant_warnings_.end());
    for (const auto& spec : context_.tools.list())
        if (spec.extension_id == found_.id && found_.manifest) info.tools.push_back(spec.name);
    const std::lock_guard lock(mutex_);
    info.state = state_;
    info.reason = reason_;
    info.warnings.insert(info.warnings.end(), faults_.begin(), faults_.end());
    if (instance_ != nullptr)
        for (const auto& fault : instance_->faults()) info.warnings.push_back(fault);
    return info;
}

void ExtensionSlot::set_state(State state, std::string reason) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    reason_ = std::move(reason);
    if (state_ == State::kError) log_error("extension.error", {{"ext_id", found_.id}, {"reason", reason_}});
    else log_info("extension.state", {{"ext_id", found_.id}, {"state", name_of(state_)}});
}

Status ExtensionSlot::offer(tool::ToolSpec spec) {
    return context_.tools.add(std::make_shared<ExtensionTool>(shared_from_this(), std::move(spec)));
}

void ExtensionSlot::offer_tools() {
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kDisabled || state_ == State::kError) return;
    }
    if (!granted_.has(Grant::kTools)) return;
    for (const auto& spec : found_.manifest->tools)
        if (const auto offered = offer(spec); !offered.ok()) {
            const std::lock_guard lock(mutex_);
            faults_.push_back("the tool '" + spec.name + "' is not offered: " + offered.error().message);
        }
}

void ExtensionSlot::withdraw_tools() {
    for (const auto& spec : context_.tools.list())
        if (spec.extension_id == found_.id) context_.tools.remove(spec.name);
}

tool::CancelCall ExtensionSlot::invoke(const std::string& bare_name, tool::ToolCall call, tool::Done done) {
    const auto invocation = Invocation::begin(context_.deadlines, bare_name, std::move(call), std::move(done));
    std::shared_ptr<Instance> running;
    State state{};
    std::string reason;
    {
        const std::lock_guard lock(mutex_);
        state = state_;
        reason = reason_;
        if (state == State::kRunning) running = instance_;
        else if (state == State::kDiscovered || state == State::kLoading) waiting_.push_back(invocation);
    }
    if (running != nullptr) running->call(invocation);
    else if (state == State::kDiscovered || state == State::kLoading) load_soon();
    else invocation->complete(unavailable_result(found_.id, state, reason), EndedBy::kHost);
    return [weak = std::weak_ptr(invocation)] {
        if (const auto open = weak.lock()) open->cancel();
    };
}

void ExtensionSlot::load_soon() {
    {
        const std::lock_guard lock(mutex_);
        if (load_queued_) return;
        load_queued_ = true;
    }
    control_.post([self = shared_from_this()] { self->load_now(); });
}

Result<std::shared_ptr<Instance>> ExtensionSlot::make_instance() {
    const auto file = found_.folder / found_.manifest->module;
    const std::string stamp = stamp_of(file);
    if (library_ == nullptr || stamp.empty() || stamp != library_stamp_) {
        library_ = nullptr;
        library_ = TRY(Library::open(file));
        library_stamp_ = stamp;
    }
    return Instance::start(context_, *found_.manifest, granted_, config_json_, library_,
                           [weak = weak_from_this()](tool::ToolSpec spec) -> Status {
                               const auto slot = weak.lock();
                               return slot == nullptr ? Status(unavailable("the host is stopping")) : slot->offer(std::move(spec));
                           });
}

void ExtensionSlot::load_now() {
    bool wanted = false;
    {
        const std::lock_guard lock(mutex_);
        load_queued_ = false;
        wanted = state_ == State::kDiscovered;
    }
    if (wanted) set_state(State::kLoading, "");
    auto made = wanted ? make_instance() : Result<std::shared_ptr<Instance>>(nullptr);
    if (!made.ok()) set_state(State::kError, found_.id + ": " + made.error().message);
    if (wanted && made.ok()) {
        const std::lock_guard lock(mutex_);
        instance_ = *made;
    }
    if (wanted && made.ok()) set_state(State::kRunning, "");
    std::vector<std::shared_ptr<Invocation>> waiting;
    std::shared_ptr<Instance> running;
    State state{};
    std::string reason;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(waiting_);
        state = state_;
        reason = reason_;
        if (state == State::kRunning) running = instance_;
    }
    for (const auto& invocation : waiting) {
        if (running != nullptr) running->call(invocation);
        else invocation->complete(unavailable_result(found_.id, state, reason), EndedBy::kHost);
    }
}

void ExtensionSlot::run_and_wait(std::function<void()> job) {
    std::promise<void> done;
    const bool accepted = control_.post([&] {
        job();
        done.set_value();
    });
    if (accepted) done.get_future().wait();
}

Status ExtensionSlot::load() {
    if (!found_.manifest) return unavailable(found_.error);
    {
        const std::lock_guard lock(mutex_);
        if (state_ == State::kDisabled) return conflict("extension '" + found_.id + "' is disabled; enable it first");
        if (state_ == State::kError) state_ = State::kDiscovered;
    }
    run_and_wait([this] { load_now(); });
    const std::lock_guard lock(mutex_);
    if (state_ == State::kRunning) return ok();
    return unavailable("extension '" + found_.id + "' is " + std::string(name_of(state_)) + (reason_.empty() ? "" : ": " + reason_));
}

Status ExtensionSlot::enable() {
    if (!found_.manifest) return unavailable(found_.error);
    run_and_wait([this] {
        {
            const std::lock_guard lock(mutex_);
            if (state_ != State::kDisabled) return;
        }
        set_state(State::kDiscovered, "");
        offer_tools();
    });
    if (eager_) load_soon();
    return ok();
}

Status ExtensionSlot::disable() {
    run_and_wait([this] {
        withdraw_tools();
        stop_now(std::chrono::steady_clock::now() + drain_);
        set_state(State::kDisabled, "");
    });
    return ok();
}

void ExtensionSlot::stop_now(MonoTime deadline) {
    std::shared_ptr<Instance> instance;
    std::vector<std::shared_ptr<Invocation>> waiting;
    {
        const std::lock_guard lock(mutex_);
        instance = instance_;
        waiting.swap(waiting_);
        if (state_ != State::kError) state_ = State::kDraining;
    }
    for (const auto& invocation : waiting)
        invocation->complete(unavailable_result(found_.id, State::kDraining, ""), EndedBy::kHost);
    if (instance == nullptr) return;
    log_info("extension.state", {{"ext_id", found_.id}, {"state", name_of(State::kDraining)}});
    if (!instance->stop(deadline)) stuck_ = true;
    const std::lock_guard lock(mutex_);
    for (const auto& fault : instance->faults())
        if (faults_.size() < 20) faults_.push_back(fault);
    instance_ = nullptr;
}

void ExtensionSlot::begin_stop(MonoTime deadline) {
    withdraw_tools();
    control_.post([self = shared_from_this(), deadline] { self->stop_now(deadline); });
}

void ExtensionSlot::finish_stop(MonoTime deadline) {
    if (control_.stop(deadline + std::chrono::seconds(5))) return;
    stuck_ = true;
    log_error("extension.stuck", {{"ext_id", found_.id}, {"reason", "it does not return from a control call; it is left behind"}});
}

}  // namespace ordinaut::ext
