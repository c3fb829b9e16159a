#include "spine/intake.h"

#include <charconv>

#include "base/json.h"
#include "base/log.h"
#include "events/event_bus.h"
#include "events/topic_pattern.h"

namespace ordinaut::spine {
namespace {

constexpr std::chrono::milliseconds kWait{250};  // At most, for the server to tell of an entry.
constexpr std::string_view kHost = "host";

const std::string& group() {
    static const std::string name(events::kSpineGroup);
    return name;
}

// The spine's clock has milliseconds; its ids count within one. Told apart, events keep their order
// in the queue as well.
WallTime time_of(const events::StreamEntry& entry) {
    constexpr int kCountMax = 999;
    int count = 0;
    if (const size_t dash = entry.id.find('-'); dash != std::string::npos) {
        const char* end = entry.id.data() + entry.id.size();
        if (std::from_chars(entry.id.data() + dash + 1, end, count).ec != std::errc())
            count = kCountMax;  // More than a number holds.
    }
    return entry.published_at + std::chrono::microseconds(std::clamp(count, 0, kCountMax));
}

}  // namespace

std::optional<store::IncomingEvent> incoming(const events::StreamEntry& entry) {
    const auto payload = parse_json(entry.payload_json, {.bytes_max = events::kPayloadBytesMax});
    if (!payload.ok()) return std::nullopt;
    store::IncomingEvent event;
    event.source = entry.source;
    event.event_id = entry.event_id.empty() ? entry.id : entry.event_id;
    event.topic = entry.topic;
    event.payload_json = entry.payload_json;
    event.trace_id = entry.trace_id;
    event.causation_depth = entry.causation_depth;
    event.published_at = time_of(entry);
    // What the host says concerns the owner of the task or run it is about.
    if (entry.source == kHost)
        event.concerns = payload->IsObject() ? Id(string_or(*payload, "owner", "")) : Id();
    return event;
}

void Intake::start() {
    worker_.start([this] { return step(); },
                  [this](Worker& worker) {
                      // An error shows at the next step, which reports it.
                      if (!streams_.wait({events::StreamRef{}}, positions_, kWait).ok())
                          worker.rest(kWait);
                  });
}

Result<bool> Intake::step() {
    if (held_.empty()) TRY(read());
    const bool full = held_.size() >= static_cast<size_t>(options_.batch);
    TRY(take_in_held());
    return full;
}

Status Intake::read() {
    if (!grouped_) {
        // From the oldest kept: what was published before any process read is not lost.
        TRY(streams_.make_group({}, group(), "0"));
        grouped_ = true;
    }
    const auto failed = [this](Error error) -> Status {
        if (error.code != ErrorCode::kNotFound) return error;
        grouped_ = false;  // The server lost the group; the next step makes it again.
        return ok();
    };
    if (clock_.mono_now() >= overdue_at_) {
        auto overdue = streams_.read_overdue({}, group(), options_.reclaim_after, options_.batch);
        if (!overdue.ok()) return failed(std::move(overdue.error()));
        held_ = std::move(overdue->entries);
        if (overdue->dropped > 0)
            log_error("spine.events_lost", {{"count", std::to_string(overdue->dropped)}});
        if (!held_.empty()) return ok();
        overdue_at_ = clock_.mono_now() + std::min<std::chrono::milliseconds>(
                                              options_.reclaim_after / 4, std::chrono::seconds(5));
    }
    auto entries = streams_.read_new({}, group(), options_.batch);
    if (!entries.ok()) return failed(std::move(entries.error()));
    held_ = std::move(*entries);
    return ok();
}

Result<store::Intake> Intake::take_in(const std::vector<store::IncomingEvent>& events) {
    return store_.take_in(events, events::matches, plan_);
}

Status Intake::take_in_held() {
    if (held_.empty()) return ok();
    std::vector<store::IncomingEvent> events;
    std::vector<std::string> ids;
    for (const auto& entry : held_) {
        ids.push_back(entry.id);
        if (auto event = incoming(entry))
            events.push_back(std::move(*event));
        else
            log_warn("spine.not_an_event", {{"stream_id", entry.id}, {"topic", entry.topic}});
    }
    const auto taken = take_in(events);
    if (taken.ok()) {
        count(*taken);
        held_.clear();
        acknowledge(ids);
        return ok();
    }
    // The store is away, or does not say: all of it again. Else one of them is the reason.
    if (taken.error().code == ErrorCode::kUnavailable || taken.error().code == ErrorCode::kInDoubt)
        return taken.error();
    return take_in_singly();
}

Status Intake::take_in_singly() {
    std::vector<events::StreamEntry> again;
    std::vector<std::string> done;
    Status outcome = ok();
    for (auto& entry : held_) {
        const auto event = incoming(entry);
        if (!event) {
            done.push_back(entry.id);
            continue;
        }
        const auto taken = take_in({*event});
        if (taken.ok()) {
            count(*taken);
            done.push_back(entry.id);
            continue;
        }
        const ErrorCode code = taken.error().code;
        if (code == ErrorCode::kConflict || code == ErrorCode::kUnavailable ||
            code == ErrorCode::kInDoubt) {
            if (outcome.ok()) outcome = taken.error();
            again.push_back(std::move(entry));
        } else if (entry.deliveries >= options_.deliveries_max) {
            log_error("spine.event_given_up", {{"stream_id", entry.id},
                                               {"topic", entry.topic},
                                               {"error", taken.error().message}});
            done.push_back(entry.id);
        } else {  // It comes again when it is overdue.
            log_warn("spine.event_refused", {{"stream_id", entry.id},
                                             {"topic", entry.topic},
                                             {"error", taken.error().message}});
        }
    }
    held_ = std::move(again);
    acknowledge(done);
    return outcome;
}

void Intake::acknowledge(const std::vector<std::string>& ids) {
    // Not acknowledged they come again, and are known.
    if (const Status done = streams_.acknowledge({}, group(), ids); !done.ok())
        log_debug("spine.not_acknowledged", {{"error", done.error().message}});
}

void Intake::count(const store::Intake& intake) {
    if (options_.metrics == nullptr) return;
    const auto add = [this](std::string_view outcome, int n) {
        if (n > 0)
            options_.metrics
                ->counter("orchestrator_events_total",
                          "What events did to tasks that wait for them.",
                          {{"outcome", std::string(outcome)}})
                .add(n);
    };
    add("queued", intake.queued);
    add("skipped", intake.skipped);
    add("repeated", intake.repeated);
}

}  // namespace ordinaut::spine
