// How an extension changes: load, reload, what an operator decides, stop. Everything here but the
// waiting is [control].
#include <future>

#include "base/log.h"
#include "ext/discovery.h"
#include "ext/extension_slot.h"
#include "ext/generation.h"

namespace ordinaut::ext {
namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " ") + name;
    return text.empty() ? "none" : text;
}

}  // namespace

void ExtensionSlot::open() {
    sync_tools();
    const auto known = definition();
    if (known->found.manifest)
        log_info("extension.grants", {{"ext_id", id_},
                                      {"grants", joined(known->granted.names())},
                                      {"granted_by", known->granted_by}});
    const std::lock_guard lock(mutex_);
    if (!definition_->eager || state_ != State::kDiscovered || load_queued_) return;
    load_queued_ = true;
    control_.post([self = shared_from_this()] { self->load_now(); });
}

void ExtensionSlot::load_soon() {
    {
        const std::lock_guard lock(mutex_);
        if (load_queued_) return;
        load_queued_ = true;
    }
    control_.post([self = shared_from_this()] { self->load_now(); });
}

Status ExtensionSlot::run_and_wait(const std::function<Status()>& job) {
    std::promise<Status> done;
    const bool accepted = control_.post([&] { done.set_value(job()); });
    return accepted ? done.get_future().get() : Status(unavailable("the host is stopping"));
}

Result<std::shared_ptr<Generation>> ExtensionSlot::make(
    const std::shared_ptr<const Definition>& definition) {
    const Manifest& manifest = *definition->found.manifest;
    TRY(check_config(manifest, definition->config_json));
    auto library = libraries_.take(definition->found.folder / manifest.module);
    {
        const std::lock_guard lock(mutex_);
        libraries_kept_ = libraries_.count();
    }
    if (!library.ok()) return std::move(library.error());
    const auto generation = std::make_shared<Generation>(weak_from_this(), context_.tools, log_);
    generation->instance =
        TRY(Instance::start(context_, manifest, definition->granted, definition->config_json,
                            std::move(*library), generation));
    return generation;
}

void ExtensionSlot::adopt(const std::shared_ptr<const Definition>& definition) {
    const std::lock_guard lock(mutex_);
    definition_ = definition;
}

// From here on calls go to `generation`.
void ExtensionSlot::serve(const std::shared_ptr<const Definition>& definition,
                          const std::shared_ptr<Generation>& generation) {
    std::shared_ptr<Generation> old;
    generation->set_serving(true);
    {
        const std::lock_guard lock(mutex_);
        old = std::exchange(serving_, generation);
        definition_ = definition;
        ++generations_;
    }
    set_state(State::kRunning, "");
    if (old != nullptr) old->set_serving(false);
    sync_tools();
    flush_waiting();
    if (old != nullptr)
        retire(std::move(old), std::chrono::steady_clock::now() + options_.reload_drain);
}

void ExtensionSlot::retire(std::shared_ptr<Generation> old, MonoTime deadline) {
    {
        const std::lock_guard lock(mutex_);
        retiring_.insert(old);
    }
    retirement_.post([self = shared_from_this(), old = std::move(old), deadline] {
        if (!old->instance->stop(deadline)) self->stuck_ = true;
        for (const auto& fault : old->instance->faults()) self->note(fault);
        const std::lock_guard lock(self->mutex_);
        self->retiring_.erase(old);
    });
}

// What lies on disk now counts, not what lay there when it was found.
std::shared_ptr<const Definition> ExtensionSlot::read_again() const {
    return define(read_extension(definition()->found.folder, source_), options_, standing());
}

void ExtensionSlot::load_now() {
    bool wanted = false;
    {
        const std::lock_guard lock(mutex_);
        load_queued_ = false;
        wanted = state_ == State::kDiscovered;
    }
    if (wanted) {
        set_state(State::kLoading, "");
        const auto next = read_again();
        adopt(next);
        const auto made = next->found.manifest
                              ? make(next)
                              : Result<std::shared_ptr<Generation>>(unavailable(next->found.error));
        if (made.ok())
            serve(next, *made);
        else
            set_state(State::kError,
                      next->found.manifest ? id_ + ": " + made.error().message : next->found.error);
    }
    flush_waiting();
}

Status ExtensionSlot::load() {
    return run_and_wait([this] { return serving() != nullptr ? ok() : begin_anew(); });
}

Status ExtensionSlot::reload() {
    return run_and_wait([this] { return serving() != nullptr ? reload_now() : begin_anew(); });
}

// From discovered or error; nothing serves.
Status ExtensionSlot::begin_anew() {
    if (duplicate_) return unavailable(definition()->found.error);
    const bool was_disabled = !definition()->enabled;
    adopt(read_again());
    // Without a manifest it is known only from before whether it is.
    if (const auto known = definition();
        !known->enabled || (was_disabled && !known->found.manifest && !standing().enabled)) {
        set_state(State::kDisabled, known->found.error);
        return conflict("extension '" + id_ + "' is disabled; enable it first");
    }
    set_state(State::kDiscovered, "");
    load_now();
    const std::lock_guard lock(mutex_);
    return state_ == State::kRunning
               ? ok()
               : Status(unavailable("extension '" + id_ + "' is " + std::string(name_of(state_)) +
                                    ": " + reason_));
}

Status ExtensionSlot::reload_now() {
    const auto next = read_again();
    if (next->found.manifest) return replace(next);
    set_state(State::kRunning, "not reloaded: " + next->found.error);
    return unavailable(next->found.error);
}

// On an error the old generation goes on and the state says why.
Status ExtensionSlot::replace(const std::shared_ptr<const Definition>& next) {
    const auto made = make(next);
    if (made.ok()) return serve(next, *made), ok();
    const std::string version = definition()->found.manifest->version;
    const std::string reason = id_ + ": " + made.error().message;
    set_state(State::kRunning, "not reloaded, version " + version + " goes on: " + reason);
    Error error = made.error();
    error.message = "the new generation does not start, version " + version + " goes on: " + reason;
    return error;
}

Status ExtensionSlot::apply(const Standing& standing) {
    return run_and_wait([this, &standing] { return apply_now(standing); });
}

Status ExtensionSlot::apply_now(const Standing& standing) {
    const auto known = definition();
    const std::optional<std::string> before = this->standing().config_json;
    if (standing.config_json && standing.config_json != before && known->found.manifest)
        TRY(check_config(*known->found.manifest, *standing.config_json));
    {
        const std::lock_guard lock(mutex_);
        if (standing_ == standing) return ok();
        standing_ = standing;
    }
    const bool mend = !known->found.manifest && !known->enabled && !duplicate_;
    const auto next = mend ? read_again() : define(known->found, options_, standing);
    const auto running = serving();
    if (!next->enabled) {
        adopt(next);
        if (known->enabled && !next->found.manifest)
            set_state(State::kDisabled, next->found.error);
        else if (known->enabled)
            stop_now(std::chrono::steady_clock::now() + options_.drain, State::kDisabled, "");
        return ok();
    }
    if (!next->found.manifest) {
        adopt(next);
        if (!known->enabled) set_state(State::kError, next->found.error);
        return ok();
    }
    if (running != nullptr) {
        if (next->granted == known->granted && next->config_json == known->config_json)
            return adopt(next), ok();
        if (next->granted == known->granted) {
            Status changed = reconfigure_now(next);
            if (changed.ok()) return changed;
            const std::lock_guard lock(mutex_);
            standing_.config_json = before;
            return changed;
        }
        running->instance->narrow(next->granted);
        const auto made = make(next);
        if (made.ok()) return serve(next, *made), ok();
        // What it was started with is no longer granted: it may not go on.
        adopt(next);
        const std::string reason =
            id_ + ": with the grants it has now it does not start: " + made.error().message;
        stop_now(std::chrono::steady_clock::now() + options_.drain, State::kError, reason);
        return unavailable(reason);
    }
    adopt(next);
    set_state(State::kDiscovered, "");
    sync_tools();
    if (next->eager) load_now();
    return ok();
}

Status ExtensionSlot::reconfigure_now(const std::shared_ptr<const Definition>& next) {
    const auto refuse = [&](Error error) {
        set_state(State::kRunning, "the new configuration is not used: " + error.message);
        return error;
    };
    if (auto valid = check_config(*next->found.manifest, next->config_json); !valid.ok())
        return refuse(std::move(valid.error()));
    const auto changed = serving()->instance->reconfigure(next->config_json);
    if (!changed.ok()) return refuse(changed.error());
    if (!*changed) return replace(next);
    adopt(next);
    set_state(State::kRunning, "");
    return ok();
}

void ExtensionSlot::stop_now(MonoTime deadline, State afterwards, const std::string& reason) {
    std::shared_ptr<Generation> old;
    {
        const std::lock_guard lock(mutex_);
        old = serving_;
    }
    if (old != nullptr || afterwards == State::kDraining)
        set_state(State::kDraining, "");
    else
        set_state(afterwards, reason);
    sync_tools();
    flush_waiting();
    if (old == nullptr) return;
    old->set_serving(false);
    if (!old->instance->stop(deadline)) stuck_ = true;
    for (const auto& fault : old->instance->faults()) note(fault);
    {
        const std::lock_guard lock(mutex_);
        serving_ = nullptr;
    }
    if (afterwards != State::kDraining) set_state(afterwards, reason);
}

void ExtensionSlot::begin_stop(MonoTime deadline) {
    std::set<std::shared_ptr<Generation>> retiring;
    {
        const std::lock_guard lock(mutex_);
        retiring = retiring_;
    }
    for (const auto& old : retiring) old->instance->hurry(deadline);
    control_.post(
        [self = shared_from_this(), deadline] { self->stop_now(deadline, State::kDraining, ""); });
}

void ExtensionSlot::finish_stop(MonoTime deadline) {
    const auto patience = deadline + std::chrono::seconds(5);
    const bool stopped = control_.stop(patience);
    std::set<std::shared_ptr<Generation>> retiring;
    {
        const std::lock_guard lock(mutex_);
        retiring = retiring_;
    }
    for (const auto& old : retiring) old->instance->hurry(deadline);
    if (retirement_.stop(patience) && stopped) return;
    stuck_ = true;
    log_error(
        "extension.stuck",
        {{"ext_id", id_}, {"reason", "it does not return from a control call; it is left behind"}});
}

}  // namespace ordinaut::ext
