// How an extension is seen and used; lifecycle.cpp has how it changes.
#include "ext/extension_slot.h"

#include "base/log.h"
#include "ext/generation.h"
#include "ext/http_call.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kFaultsMax = 20;

// One tool of an extension, as the catalogue sees it.
class ExtensionTool final : public tool::Tool {
public:
    ExtensionTool(std::shared_ptr<ExtensionSlot> slot, tool::ToolSpec spec,
                  metrics::Registry* metrics)
        : slot_(std::move(slot)),
          spec_(std::move(spec)),
          meter_(std::make_shared<ToolMeter>(metrics, spec_)) {}
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        return slot_->invoke(std::move(call), std::move(done), meter_);
    }

private:
    const std::shared_ptr<ExtensionSlot> slot_;
    const tool::ToolSpec spec_;
    const std::shared_ptr<ToolMeter> meter_;
};

std::string mended(const std::string& id) {
    return "; once that is mended, `ordinaut ext reload " + id + "` starts it";
}

tool::ToolResult unavailable_result(const std::string& id, State state, const std::string& reason) {
    tool::ToolResult result;
    result.outcome = state == State::kError ? tool::Outcome::kTerminal : tool::Outcome::kRetryable;
    result.message = "extension '" + id + "' is " + std::string(name_of(state)) +
                     (reason.empty() ? "" : ": " + reason);
    if (state == State::kError) result.message += mended(id);
    return result;
}

void describe(const Definition& definition, ExtensionInfo& info) {
    info.id = definition.id();
    info.source = definition.found.source;
    info.name = info.id;
    info.granted = definition.granted;
    info.allowed = definition.allowed;
    info.granted_by = definition.granted_by;
    if (definition.found.manifest) {
        const Manifest& manifest = *definition.found.manifest;
        info.name = manifest.name;
        info.version = manifest.version;
        info.description = manifest.description;
        info.asked = manifest.asked;
        info.scopes = manifest.scopes;
        info.warnings = manifest.warnings;
        for (const Route* route : manifest.routes->all()) info.routes.push_back(name_of(*route));
    }
    info.warnings.insert(info.warnings.end(), definition.warnings.begin(),
                         definition.warnings.end());
}

}  // namespace

void Generation::hand_back(const InvocationRef& invocation) {
    if (const auto slot = slot_.lock()) slot->route(invocation);
}

ExtensionSlot::ExtensionSlot(InstanceContext& context, Found found, const HostOptions& options,
                             Standing standing)
    : context_(context),
      options_(options),
      id_(found.id),
      source_(found.source),
      duplicate_(found.duplicate),
      http_meter_(std::make_shared<HttpMeter>(context.seams.metrics, found.id)),
      standing_(std::move(standing)) {
    definition_ = define(std::move(found), options_, standing_);
    show_error(false);
    if (!definition_->enabled)
        set_state(State::kDisabled, definition_->found.error);
    else if (!definition_->found.manifest)
        set_state(State::kError, definition_->found.error);
}

std::shared_ptr<const Definition> ExtensionSlot::definition() const {
    const std::lock_guard lock(mutex_);
    return definition_;
}

std::shared_ptr<Generation> ExtensionSlot::serving() const {
    const std::lock_guard lock(mutex_);
    return serving_;
}

Standing ExtensionSlot::standing() const {
    const std::lock_guard lock(mutex_);
    return standing_;
}

ExtensionInfo ExtensionSlot::info() const {
    ExtensionInfo info;
    const std::lock_guard lock(mutex_);
    describe(*definition_, info);
    info.tools.assign(tools_.begin(), tools_.end());
    info.state = state_;
    info.duplicate = duplicate_;
    info.reason = reason_;
    info.generation = generations_;
    info.draining = static_cast<int>(retiring_.size());
    info.libraries_kept = static_cast<int>(libraries_kept_);
    info.warnings.insert(info.warnings.end(), faults_.begin(), faults_.end());
    if (serving_ != nullptr) info.open_calls = serving_->instance->open_count();
    if (serving_ != nullptr) info.stuck = serving_->instance->stuck_upcalls();
    for (const auto& old : retiring_) info.stuck += old->instance->stuck_upcalls();
    if (serving_ == nullptr) return info;
    for (const auto& fault : serving_->instance->faults()) info.warnings.push_back(fault);
    for (const auto& name : serving_->instance->tasks_not_spawned())
        info.warnings.push_back("the manifest declares the background task '" + name +
                                "', but the code has not spawned it");
    return info;
}

bool ExtensionSlot::check_health(MonoTime deadline, tool::Done done) const {
    const auto running = serving();
    if (running == nullptr || !running->instance->tells_health()) return false;
    running->instance->check_health(deadline, std::move(done));
    return true;
}

void ExtensionSlot::show_error(bool bad) const {
    // What is told of an id is told of the one that has it.
    if (context_.seams.metrics == nullptr || duplicate_) return;
    context_.seams.metrics
        ->gauge("ord_plugin_error", "1 while the extension is in the state error.",
                {{"plugin_id", id_}})
        .set(bad ? 1 : 0);
}

void ExtensionSlot::set_state(State state, std::string reason) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    reason_ = std::move(reason);
    const bool bad = state_ == State::kError;
    show_error(bad);
    const std::string line =
        "is " + std::string(name_of(state_)) + (reason_.empty() ? "" : ": " + reason_);
    log_->add(SystemClock().wall_now(), bad ? "error" : "info", line);
    if (bad)
        log_error("extension.error", {{"ext_id", id_}, {"reason", reason_}});
    else
        log_info("extension.state",
                 {{"ext_id", id_}, {"state", name_of(state_)}, {"reason", reason_}});
    if (context_.seams.changed && !duplicate_)
        context_.seams.changed(
            {id_, std::string(name_of(state_)), reason_,
             definition_->found.manifest ? definition_->found.manifest->version : "",
             generations_});
}

void ExtensionSlot::note(const std::string& fault) {
    const std::lock_guard lock(mutex_);
    if (faults_.size() < kFaultsMax &&
        std::find(faults_.begin(), faults_.end(), fault) == faults_.end())
        faults_.push_back(fault);
}

Status ExtensionSlot::offer(tool::ToolSpec spec) {
    const std::string name = spec.name;
    TRY(context_.tools.put(std::make_shared<ExtensionTool>(shared_from_this(), std::move(spec),
                                                           context_.seams.metrics)));
    const std::lock_guard lock(mutex_);
    tools_.insert(name);
    return ok();
}

void ExtensionSlot::retract(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        if (tools_.erase(name) == 0) return;
    }
    context_.tools.remove(name);
}

void ExtensionSlot::sync_tools() {
    std::vector<tool::ToolSpec> wanted;
    std::set<std::string> unwanted;
    {
        const std::lock_guard lock(mutex_);
        unwanted = tools_;
        const bool offers =
            state_ != State::kDisabled && state_ != State::kDraining && definition_->found.manifest;
        if (offers && definition_->granted.has(Grant::kTools)) {
            wanted = definition_->found.manifest->tools;
            if (serving_ != nullptr)
                for (auto& spec : serving_->instance->offered()) wanted.push_back(std::move(spec));
        }
    }
    for (const auto& spec : wanted) {
        unwanted.erase(spec.name);
        if (const auto offered = offer(spec); !offered.ok())
            note("the tool '" + spec.name + "' is not offered: " + offered.error().message);
    }
    for (const auto& name : unwanted) retract(name);
}

std::string ExtensionSlot::why_no_tools() const {
    const std::lock_guard lock(mutex_);
    const std::string who = "extension '" + id_ + "' ";
    if (state_ == State::kDisabled) return disabled_error().message;
    if (state_ == State::kDraining) return who + "is stopping";
    if (state_ == State::kError) return who + "is error: " + reason_ + mended(id_);
    if (definition_->found.manifest && definition_->found.manifest->asked.has(Grant::kTools) &&
        !definition_->granted.has(Grant::kTools))
        return who + "is not granted TOOLS; an operator grants it with `ordinaut ext grant " + id_ +
               " TOOLS`";
    return "";
}

tool::CancelCall ExtensionSlot::invoke(tool::ToolCall call, tool::Done done,
                                       const std::shared_ptr<ToolMeter>& meter) {
    const auto invocation = Invocation::begin(context_.deadlines, std::move(call), std::move(done));
    invocation->measure(meter);
    route(invocation);
    return [inv = invocation->handle()] {  // Small enough to need no memory.
        if (const auto open = invocations().find(inv); open != nullptr) open->cancel();
    };
}

void ExtensionSlot::route(const InvocationRef& invocation) {
    std::shared_ptr<Instance> running;
    State state{};
    std::string reason;
    {
        const std::lock_guard lock(mutex_);
        state = state_;
        if (serving_ != nullptr && state == State::kRunning)
            running = serving_->instance;
        else if (state == State::kDiscovered || state == State::kLoading)
            waiting_.push_back(invocation);
        else
            reason = reason_;
    }
    if (running != nullptr)
        running->call(invocation);
    else if (state == State::kDiscovered || state == State::kLoading)
        load_soon();
    else if (state == State::kDisabled && invocation->http() != nullptr)
        invocation->http()->refuse(*invocation, disabled_error());
    else
        invocation->complete(unavailable_result(id_, state, reason), EndedBy::kHost);
}

void ExtensionSlot::flush_waiting() {
    std::vector<InvocationRef> waiting;
    {
        const std::lock_guard lock(mutex_);
        waiting.swap(waiting_);
    }
    for (const auto& invocation : waiting) route(invocation);
}

}  // namespace ordinaut::ext
