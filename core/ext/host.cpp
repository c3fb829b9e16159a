#include "ext/host.h"

#include <shared_mutex>

#include "base/json.h"
#include "base/log.h"
#include "ext/extension_slot.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kCoreCallThreads = 4;

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

std::string to_json(const ExtensionInfo& info) {
    JsonWriter writer;
    writer.begin_object()
        .field("id", info.id)
        .field("name", info.name)
        .field("version", info.version)
        .field("description", info.description)
        .field("source", name_of(info.source))
        .field("state", name_of(info.state))
        .field("reason", info.reason);
    write_list(writer, "capabilities", info.asked.names());
    write_list(writer, "grants", info.granted.names());
    writer.field("enforcement", "api");
    write_list(writer, "tools", info.tools);
    write_list(writer, "warnings", info.warnings);
    return writer.end_object().take();
}

struct Host::Core {
    explicit Core(tool::Catalogue& tools, Seams seams) : context{tools, deadlines, core_calls, std::move(seams)} {}

    Deadlines deadlines;
    Workers core_calls{kCoreCallThreads};
    InstanceContext context;
    std::vector<std::shared_ptr<ExtensionSlot>> slots;  // Written by start() only; a duplicate comes after its namesake.
    std::atomic<bool> stopped{false};
};

Host::Host(tool::Catalogue& tools, Seams seams) : core_(std::make_unique<Core>(tools, std::move(seams))) {}

Host::~Host() {
    stop(std::chrono::steady_clock::now());
    // Threads that never came back from an extension still use what is in there.
    const bool stuck = std::any_of(core_->slots.begin(), core_->slots.end(), [](const auto& slot) { return slot->stuck(); });
    if (stuck) static_cast<void>(core_.release());
}

void Host::start(HostOptions options) {
    for (auto& found : discover(options.paths))
        core_->slots.push_back(std::make_shared<ExtensionSlot>(core_->context, std::move(found), options));
    std::stable_sort(core_->slots.begin(), core_->slots.end(), [](const auto& a, const auto& b) { return a->id() < b->id(); });
    for (const auto& slot : core_->slots) {
        slot->offer_tools();
        if (slot->eager() && slot->info().state == State::kDiscovered) slot->load_soon();
    }
    log_info("extensions.discovered", {{"count", core_->slots.size()}});
}

std::vector<ExtensionInfo> Host::list() const {
    std::vector<ExtensionInfo> infos;
    for (const auto& slot : core_->slots) infos.push_back(slot->info());
    return infos;
}

std::shared_ptr<ExtensionSlot> Host::find(std::string_view id) const {
    for (const auto& slot : core_->slots)
        if (slot->id() == id) return slot;
    return nullptr;
}

namespace {
Error unknown(std::string_view id) { return not_found("there is no extension '" + std::string(id) + "'"); }
}  // namespace

Status Host::load(std::string_view id) {
    const auto slot = find(id);
    return slot == nullptr ? Status(unknown(id)) : slot->load();
}

Status Host::enable(std::string_view id) {
    const auto slot = find(id);
    return slot == nullptr ? Status(unknown(id)) : slot->enable();
}

Status Host::disable(std::string_view id) {
    const auto slot = find(id);
    return slot == nullptr ? Status(unknown(id)) : slot->disable();
}

void Host::stop(MonoTime deadline) {
    if (core_->stopped.exchange(true)) return;
    for (const auto& slot : core_->slots) slot->begin_stop(deadline);
    for (const auto& slot : core_->slots) slot->finish_stop(deadline);
    core_->core_calls.stop(deadline + std::chrono::seconds(5));
}

}  // namespace ordinaut::ext
