#include "ext/host.h"

#include <future>
#include <shared_mutex>

#include "base/json.h"
#include "base/log.h"
#include "ext/extension_slot.h"
#include "http/error_response.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kCoreCallThreads = 4;
constexpr size_t kBlockingThreads = 4;

void write_list(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
    writer.key(name).begin_array();
    for (const auto& text : texts) writer.string(text);
    writer.end_array();
}

}  // namespace

std::string_view name_of(State state) {
    switch (state) {
        case State::kDiscovered: return "discovered";
        case State::kLoading: return "loading";
        case State::kRunning: return "running";
        case State::kDisabled: return "disabled";
        case State::kDraining: return "draining";
        case State::kError: return "error";
    }
    return "";
}

void write_members(JsonWriter& writer, const ExtensionInfo& info) {
    writer.field("id", info.id)
        .field("name", info.name)
        .field("version", info.version)
        .field("description", info.description)
        .field("source", name_of(info.source))
        .field("state", name_of(info.state))
        .field("reason", info.reason);
    write_list(writer, "capabilities", info.asked.names());
    write_list(writer, "grants", info.granted.names());
    writer.field("granted_by", info.granted_by).field("enforcement", "api");
    write_list(writer, "scopes", info.scopes);
    write_list(writer, "tools", info.tools);
    write_list(writer, "routes", info.routes);
    writer.field("generation", info.generation)
        .field("draining", info.draining)
        .field("open_calls", info.open_calls)
        .field("stuck", info.stuck)
        .field("libraries_kept", info.libraries_kept);
    write_list(writer, "warnings", info.warnings);
}

std::string to_json(const ExtensionInfo& info) {
    JsonWriter writer;
    writer.begin_object();
    write_members(writer, info);
    return writer.end_object().take();
}

struct Host::Core {
    explicit Core(tool::Catalogue& tools, Seams seams)
        : task_leases(seams.leases, {seams.lease_ttl}), context{tools,       deadlines,
                                                                core_calls,  std::move(seams),
                                                                task_leases, blocking_calls} {}

    Deadlines deadlines;
    Workers core_calls{kCoreCallThreads};
    TaskLeases task_leases;
    Workers blocking_calls{kBlockingThreads};
    InstanceContext context;
    HostOptions options;  // Written by start() only.
    mutable std::shared_mutex mutex;
    // Guarded by `mutex`; a duplicate comes after its namesake.
    std::vector<std::shared_ptr<ExtensionSlot>> slots;
    std::mutex discovering;
    std::atomic<bool> stopped{false};
};

Host::Host(tool::Catalogue& tools, Seams seams)
    : core_(std::make_unique<Core>(tools, std::move(seams))) {
    tools.explain_absence([this](std::string_view name) {
        const auto slot = find(name.substr(0, name.find('.')));
        return slot.ok() ? (*slot)->why_no_tools() : "";
    });
}

Host::~Host() {
    core_->context.tools.explain_absence(nullptr);
    stop(std::chrono::steady_clock::now());
    // Threads that never came back from an extension still use what is in there.
    const auto known = slots();
    const bool stuck =
        std::any_of(known.begin(), known.end(), [](const auto& slot) { return slot->stuck(); });
    if (stuck) static_cast<void>(core_.release());
}

void Host::start(HostOptions options) {
    core_->options = std::move(options);
    core_->context.cancel_grace = core_->options.cancel_grace;
    adopt(discover(core_->options.paths));
    const auto known = slots();
    for (const auto& slot : known) slot->open();
    log_info("extensions.discovered", {{"count", known.size()}});
}

std::vector<std::shared_ptr<ExtensionSlot>> Host::slots() const {
    const std::shared_lock lock(core_->mutex);
    return core_->slots;
}

void Host::adopt(std::vector<Found> all) {
    const std::unique_lock lock(core_->mutex);
    for (auto& found : all) {
        const auto standing = core_->options.standings.find(found.id);
        core_->slots.push_back(std::make_shared<ExtensionSlot>(
            core_->context, std::move(found), core_->options,
            standing == core_->options.standings.end() ? Standing{} : standing->second));
    }
    std::stable_sort(core_->slots.begin(), core_->slots.end(),
                     [](const auto& a, const auto& b) { return a->id() < b->id(); });
}

std::vector<ExtensionInfo> Host::list() const {
    std::vector<ExtensionInfo> infos;
    for (const auto& slot : slots()) infos.push_back(slot->info());
    return infos;
}

Result<ExtensionInfo> Host::info(std::string_view id) const { return TRY(find(id))->info(); }

Result<std::shared_ptr<ExtensionLog>> Host::log(std::string_view id) const {
    return TRY(find(id))->log();
}

std::vector<HealthReport> Host::health(std::string_view id,
                                       std::chrono::milliseconds patience) const {
    const MonoTime deadline = std::chrono::steady_clock::now() + patience;
    std::vector<std::pair<std::string, std::future<tool::ToolResult>>> asked;
    for (const auto& slot : slots()) {
        if (!id.empty() && slot->id() != id) continue;
        const auto promise = std::make_shared<std::promise<tool::ToolResult>>();
        auto answer = promise->get_future();
        if (slot->check_health(deadline, [promise](tool::ToolResult result) {
                promise->set_value(std::move(result));
            }))
            asked.emplace_back(slot->id(), std::move(answer));
    }
    std::vector<HealthReport> reports;
    for (auto& [name, answer] : asked) {
        const auto result = answer.get();
        const bool fine = result.outcome == tool::Outcome::kOk;
        reports.push_back(
            {name, fine ? Health::kOk : Health::kFailing, fine ? "" : result.message});
    }
    return reports;
}

Result<std::shared_ptr<ExtensionSlot>> Host::find(std::string_view id) const {
    const std::shared_lock lock(core_->mutex);
    for (const auto& slot : core_->slots)
        if (slot->id() == id) return slot;
    return not_found("there is no extension '" + std::string(id) + "'; GET /extensions lists them");
}

// A folder that was dropped in since the last look.
Result<std::shared_ptr<ExtensionSlot>> Host::find_or_discover(std::string_view id) {
    if (auto known = find(id); known.ok()) return known;
    const std::lock_guard lock(core_->discovering);
    if (auto known = find(id); known.ok()) return known;
    std::vector<Found> fresh;
    for (auto& found : discover(core_->options.paths))
        if (found.id == id) fresh.push_back(std::move(found));
    if (fresh.empty())
        return not_found("there is no extension '" + std::string(id) + "', and " +
                         (core_->options.paths.drop_in.empty()
                              ? "ORDINAUT_EXT_PATHS names no folder to look for it in"
                              : "no folder of that name with an extension.json in "
                                "ORDINAUT_EXT_PATHS"));
    adopt(std::move(fresh));
    auto slot = TRY(find(id));
    slot->open();
    return slot;
}

void Host::serve(http::MountedRequest request) const {
    const auto& segments = request.request.target.segments;
    const auto slot = segments.size() < 2
                          ? Result<std::shared_ptr<ExtensionSlot>>(not_found(
                                "say whose: /ext/<id>/…; GET /extensions lists what there is"))
                          : find(segments[1]);
    if (slot.ok()) return (*slot)->serve_http(std::move(request));
    request.responder.respond(
        http::error_response(slot.error(), request.request_id, SystemClock().wall_now()));
}

Status Host::load(std::string_view id) { return TRY(find_or_discover(id))->load(); }

Status Host::reload(std::string_view id) { return TRY(find_or_discover(id))->reload(); }

Status Host::apply(std::string_view id, const Standing& standing) {
    return TRY(find(id))->apply(standing);
}

Result<Standing> Host::standing(std::string_view id) const { return TRY(find(id))->standing(); }

Status Host::enable(std::string_view id) {
    Standing standing = TRY(this->standing(id));
    standing.enabled = true;
    return apply(id, standing);
}

Status Host::disable(std::string_view id) {
    Standing standing = TRY(this->standing(id));
    standing.enabled = false;
    return apply(id, standing);
}

void Host::stop(MonoTime deadline) {
    if (core_->stopped.exchange(true)) return;
    const auto known = slots();
    for (const auto& slot : known) slot->begin_stop(deadline);
    for (const auto& slot : known) slot->finish_stop(deadline);
    core_->core_calls.stop(deadline + std::chrono::seconds(5));
    core_->blocking_calls.stop(deadline + std::chrono::seconds(5));
}

}  // namespace ordinaut::ext
