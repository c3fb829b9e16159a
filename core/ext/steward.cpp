#include "ext/steward.h"

#include "base/json.h"
#include "base/log.h"
#include "ext/events_health.h"

namespace ordinaut::ext {
namespace {

using namespace std::chrono_literals;
constexpr auto kLookAgain = 30s;  // Even when nobody tells of a change.
constexpr auto kIdentityFresh = 1s;
constexpr auto kHealthFresh = 5s;
constexpr auto kHealthPatience = 2s;
constexpr size_t kChangesMax = 1000;

Standing standing_of(const store::ExtensionDecision& decision) {
    Standing standing{.enabled = decision.enabled, .config_json = decision.config_json};
    if (!decision.capabilities) return standing;
    standing.grants.emplace();
    for (const auto& name : *decision.capabilities)
        if (const auto grant = grant_named(name)) standing.grants->add(*grant);
    return standing;
}

std::string_view text_of(Health health) {
    switch (health) {
        case Health::kUnknown: return "unknown";
        case Health::kOk: return "ok";
        case Health::kFailing: return "failing";
    }
    return "";
}

Grants named_by(const std::vector<std::string>& capabilities) {
    Grants named;
    for (const auto& name : capabilities)
        if (const auto grant = grant_named(name)) named.add(*grant);
    return named;
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

Steward::Steward(store::Stores stores, const Clock& clock, std::string process,
                 events::EventStreams* streams)
    : stores_(stores), clock_(clock), process_(std::move(process)), streams_(streams) {}

Steward::~Steward() { stop(); }

Result<std::vector<store::ExtensionDecision>> Steward::read() { return stores_.extensions.list(); }

Result<std::map<std::string, Standing>> Steward::standings() {
    const std::lock_guard lock(deciding_);
    std::map<std::string, Standing> standings;
    for (const auto& decision : TRY(read())) {
        standings.emplace(decision.id, standing_of(decision));
        reloads_[decision.id] = decision.reloads;
    }
    return standings;
}

void Steward::follow(Host& host) {
    host_ = &host;
    thread_ = std::thread([this] { run(); });
    listening_ = stores_.wakeup.listen(store::Channel::kControl, [this] {
        const std::lock_guard lock(mutex_);
        dirty_ = true;
        wake_.notify_one();
    });
}

void Steward::stop() {
    listening_ = nullptr;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Steward::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (!dirty_ && changes_.empty() &&
            wake_.wait_for(lock, kLookAgain) == std::cv_status::timeout)
            dirty_ = true;
        if (stopping_) return;
        const auto changes = std::exchange(changes_, {});
        const bool look = std::exchange(dirty_, false);
        if (look) identities_.clear();
        lock.unlock();
        for (const auto& change : changes) publish(change);
        if (look) catch_up();
        lock.lock();
    }
}

void Steward::catch_up() {
    const std::lock_guard lock(deciding_);
    const auto decisions = read();
    if (!decisions.ok())
        return log_warn("extensions.follow_failed", {{"reason", decisions.error().message}});
    for (const auto& decision : *decisions) {
        const auto known = host_->standing(decision.id);
        if (!known.ok()) continue;
        Status done = ok();
        if (const Standing wanted = standing_of(decision); wanted != *known)
            done = host_->apply(decision.id, wanted);
        auto& reloads = reloads_[decision.id];
        if (decision.reloads > reloads) {
            reloads = decision.reloads;
            if (done.ok()) done = host_->reload(decision.id);
        }
        if (!done.ok())
            log_warn("extension.follow_failed",
                     {{"ext_id", decision.id}, {"reason", done.error().message}});
    }
}

void Steward::changed(StateChange change) {
    const std::lock_guard lock(mutex_);
    if (changes_.size() == kChangesMax) changes_.pop_front();
    changes_.push_back(std::move(change));
    wake_.notify_one();
}

void Steward::publish(const StateChange& change) {
    JsonWriter writer;
    writer.begin_object()
        .field("extension_id", change.extension_id)
        .field("state", change.state)
        .field("reason", change.reason);
    writer.field("version", change.version)
        .field("generation", change.generation)
        .field("process", process_);
    const std::string payload = writer.end_object().take();
    std::vector<store::HostEvent> events = {{"extension.state", payload}};
    if (change.state == name_of(State::kError)) events.push_back({"extension.crashed", payload});
    const Status written = stores_.events.tell(events, "extension.state", change.extension_id,
                                               store::Actor{{}, process_, {}, {}});
    if (!written.ok())
        log_warn("extension.event_lost",
                 {{"ext_id", change.extension_id}, {"reason", written.error().message}});
}

std::optional<CallerIdentity> Steward::own_identity(std::string_view extension_id) {
    {
        const std::lock_guard lock(mutex_);
        const auto known = identities_.find(extension_id);
        if (known != identities_.end() &&
            clock_.mono_now() - known->second.read_at < kIdentityFresh)
            return known->second.value;
    }
    const auto agent = stores_.agents.find_by_name(operations::own_agent_name(extension_id));
    Identity identity{.value = std::nullopt, .read_at = clock_.mono_now()};
    if (agent.ok() && agent->enabled)
        identity.value = CallerIdentity{agent->id, agent->scopes, "", std::string(extension_id)};
    const std::lock_guard lock(mutex_);
    identities_.insert_or_assign(std::string(extension_id), identity);
    return identity.value;
}

// ── what operations ask ──

std::vector<std::string> Steward::list_json() {
    std::vector<std::string> texts;
    for (const auto& info : host_->list()) texts.push_back(to_json(info));
    return texts;
}

Result<std::string> Steward::info_json(std::string_view id) {
    ExtensionInfo info = TRY(host_->info(id));
    const auto health = host_->health(id, kHealthPatience);
    const auto identity = own_identity(id);
    JsonWriter writer;
    writer.begin_object();
    write_members(writer, info);
    writer.key("health").begin_object();
    if (health.empty())
        writer.field("status", text_of(Health::kUnknown)).field("message", "");
    else
        writer.field("status", text_of(health.front().health))
            .field("message", health.front().message);
    writer.end_object().key("identity");
    if (!identity) return writer.null().end_object().take();
    writer.begin_object().field("agent_id", identity->principal).key("scopes").begin_array();
    for (const auto& scope : identity->scopes) writer.string(scope);
    return writer.end_array().end_object().end_object().take();
}

Result<std::string> Steward::logs_json(std::string_view id, int limit) {
    const auto log = TRY(host_->log(id));
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& line : log->last(static_cast<size_t>(limit))) {
        writer.begin_object()
            .field("number", line.number)
            .field("at", format_time(line.at))
            .field("level", line.level)
            .field("message", line.message);
        writer.raw("fields", line.fields_json.empty() ? "{}" : line.fields_json);
        if (!line.run_id.empty()) writer.field("run_id", line.run_id);
        writer.end_object();
    }
    return writer.end_array()
        .field("dropped", static_cast<int64_t>(log->dropped()))
        .end_object()
        .take();
}

Result<std::string> Steward::events_json(std::string_view id) {
    const ExtensionInfo info = TRY(host_->info(id));
    if (streams_ == nullptr) return Error{ErrorCode::kUnavailable, "this server has no events"};
    return events_health_json(info, *streams_);
}

std::vector<operations::ExtensionComplaint> Steward::complaints() {
    std::vector<operations::ExtensionComplaint> complaints;
    for (const auto& info : host_->list())
        // Of two with one id the first counts; the other is seen in the list alone.
        if (info.state == State::kError && !info.duplicate)
            complaints.push_back({info.id, info.reason});
    std::unique_lock lock(mutex_);
    if (health_at_ == MonoTime{} || clock_.mono_now() - health_at_ > kHealthFresh) {
        health_at_ = clock_.mono_now();
        lock.unlock();
        auto health = host_->health("", kHealthPatience);
        lock.lock();
        health_ = std::move(health);
    }
    for (const auto& report : health_)
        if (report.health == Health::kFailing) complaints.push_back({report.id, report.message});
    return complaints;
}

Status Steward::load(std::string_view id, const store::Actor&) { return host_->load(id); }

Status Steward::reload(std::string_view id, const store::Actor& actor) {
    const std::lock_guard lock(deciding_);
    TRY(host_->reload(id));
    reloads_[std::string(id)] = TRY(stores_.extensions.count_reload(id, actor));
    return ok();
}

Status Steward::set_enabled(std::string_view id, bool enabled, const store::Actor& actor) {
    const std::lock_guard lock(deciding_);
    Standing standing = TRY(host_->standing(id));
    TRY(stores_.extensions.set_enabled(id, enabled, actor));
    standing.enabled = enabled;
    return host_->apply(id, standing);
}

// A manifest that cannot be read asks for nothing that is known: what is granted meanwhile counts
// once it can.
Status Steward::may_have(std::string_view id, const std::vector<std::string>& capabilities) {
    const ExtensionInfo info = TRY(host_->info(id));
    const Grants vain = named_by(capabilities).without(info.asked);
    if (vain.empty() || info.version.empty()) return ok();
    const std::string asked = listed(info.asked.names());
    return invalid("/capabilities", "extension '" + info.id + "' does not ask for " +
                                        listed(vain.names()) +
                                        ", so that it would have no effect; "
                                        "its manifest asks for " +
                                        (asked.empty() ? "none" : asked));
}

// The decision stands also when the extension does not run with it: its state says so.
Status Steward::change_grants(std::string_view id, operations::GrantChange change,
                              const std::vector<std::string>& capabilities,
                              const store::Actor& actor) {
    const std::lock_guard lock(deciding_);
    Standing standing = TRY(host_->standing(id));
    if (change != operations::GrantChange::kRemove) TRY(may_have(id, capabilities));
    const Grants named = named_by(capabilities);
    Grants next = standing.grants.value_or(TRY(host_->info(id)).allowed);
    if (change == operations::GrantChange::kSet) next = named;
    if (change == operations::GrantChange::kAdd) next = next | named;
    if (change == operations::GrantChange::kRemove) next = next.without(named);
    TRY(stores_.extensions.set_capabilities(id, next.names(), actor));
    standing.grants = next;
    const Status applied = host_->apply(id, standing);
    if (!applied.ok())
        log_warn("extension.does_not_run", {{"ext_id", id}, {"reason", applied.error().message}});
    return ok();
}

void Steward::identity_changed() {
    const std::lock_guard lock(mutex_);
    identities_.clear();
}

Status Steward::configure(std::string_view id, std::string_view config_json,
                          const store::Actor& actor) {
    const std::lock_guard lock(deciding_);
    Standing standing = TRY(host_->standing(id));
    standing.config_json = std::string(config_json);
    TRY(host_->apply(id, standing));
    return stores_.extensions.set_config(id, config_json, actor);
}

}  // namespace ordinaut::ext
