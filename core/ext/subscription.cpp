#include "ext/subscription.h"

#include <algorithm>

#include "events/topic_pattern.h"

namespace ordinaut::ext {
namespace {

constexpr std::chrono::seconds kTopicsEvery{1};
constexpr int kSpineAtOnce = 100;  // Entries of all topics, to find those of one in.
// Whoever works on an event learns of its time-out this long before anyone else may take it.
constexpr std::chrono::milliseconds kGrace{100};

MonoTime now() { return std::chrono::steady_clock::now(); }

// On the spine every pattern of a group reads for itself, or one would take from the other what it
// does not want.
std::string group_name(const std::string& extension_id, const SubscriptionPlan& plan) {
    return plan.ns.empty() ? "ext:" + extension_id + ":" + plan.group + ":" + plan.topic
                           : plan.group;
}

}  // namespace

Subscription::Subscription(uint64_t instance, const std::string& extension_id,
                           SubscriptionPlan plan, events::EventStreams& streams, Fault fault)
    : instance_(instance),
      plan_(std::move(plan)),
      space_(plan_.ns.empty() ? "" : extension_id + ":" + plan_.ns),
      group_(group_name(extension_id, plan_)),
      many_topics_(!plan_.ns.empty() && events::has_wildcard(plan_.topic)),
      log_(streams),
      fault_(std::move(fault)),
      from_(plan_.from_id) {
    if (looks_on()) overdue_at_ = MonoTime::max();
}

Status Subscription::step(std::vector<EventDelivery>& deliveries) {
    TRY(settle());
    if (closed()) return ok();
    auto read = prepare();
    if (read.ok() && due() <= now()) read = take_overdue(deliveries);
    if (read.ok()) read = looks_on() ? look_on(deliveries) : take_new(deliveries);
    if (!read.ok() && read.error().code == ErrorCode::kNotFound) {
        // The server lost the group: whatever the stream holds now came since.
        prepared_ = false;
        from_ = "0";
        const std::lock_guard lock(mutex_);
        streams_.clear();
        return ok();
    }
    if (!read.ok() && read.error().code == ErrorCode::kTooLarge) {
        fault_("the subscription to '" + plan_.topic + "' is closed: " + read.error().message, "");
        close();
        return ok();
    }
    return read;
}

Status Subscription::prepare() {
    if (many_topics_) return prepare_topics();
    if (prepared_) return ok();
    TRY(join({space_, space_.empty() ? "" : plan_.topic}));
    prepared_ = true;
    return ok();
}

Status Subscription::join(const events::StreamRef& stream) {
    if (looks_on()) {
        after_.push_back(from_ == "$" ? TRY(log_.inspect(stream)).last_id : from_);
    } else {
        TRY(log_.make_group(stream, group_, from_));
    }
    const std::lock_guard lock(mutex_);
    streams_.push_back(stream);
    return ok();
}

// Topics that appear later are read from their beginning, as is everything by a group that comes
// back.
Status Subscription::prepare_topics() {
    if (prepared_ && now() < topics_at_) return ok();
    if (!entered_ && !looks_on()) {
        if (!TRY(log_.enter_group(space_, group_ + ":" + plan_.topic))) from_ = "0";
        entered_ = true;
    }
    const auto known = streams();
    for (const auto& topic : TRY(log_.topics(space_))) {
        const events::StreamRef stream{space_, topic};
        if (!events::matches(plan_.topic, topic) ||
            std::find(known.begin(), known.end(), stream) != known.end())
            continue;
        TRY(join(stream));
    }
    prepared_ = true;
    from_ = "0";
    topics_at_ = now() + kTopicsEvery;
    return ok();
}

int Subscription::room() const {
    const std::lock_guard lock(mutex_);
    return plan_.in_flight_max - static_cast<int>(in_flight_.size());
}

void Subscription::admit(const events::StreamRef& stream, events::StreamEntry entry,
                         std::vector<EventDelivery>& deliveries) {
    EventDelivery delivery{stream, std::move(entry)};
    {
        const std::lock_guard lock(mutex_);
        // Still being worked on here.
        if (!in_flight_.emplace(key_of(delivery), false).second) return;
    }
    if (stream.space.empty() && !events::matches(plan_.topic, delivery.entry.topic))
        return done(delivery, Verdict::kDone, {}, "");
    if (delivery.entry.deliveries > plan_.deliveries_max)
        return done(delivery, Verdict::kGivenUp, {}, "nobody finished it");
    deliveries.push_back(std::move(delivery));
}

Status Subscription::take_overdue(std::vector<EventDelivery>& deliveries) {
    using std::chrono::milliseconds;
    {
        const std::lock_guard lock(mutex_);
        overdue_at_ = now() + std::clamp<milliseconds>(plan_.ack_timeout / 4, milliseconds(50),
                                                       milliseconds(5000));
    }
    for (const auto& stream : streams()) {
        const int wanted = room();
        if (wanted <= 0) return ok();
        auto overdue = TRY(log_.read_overdue(stream, group_, plan_.ack_timeout + kGrace, wanted));
        if (overdue.dropped > 0)
            fault_("events of '" + plan_.topic +
                       "' left the stream before they were done: it keeps a bounded number",
                   "");
        for (auto& entry : overdue.entries) admit(stream, std::move(entry), deliveries);
    }
    return ok();
}

Status Subscription::take_new(std::vector<EventDelivery>& deliveries) {
    const auto known = streams();
    for (size_t looked = 0; looked < known.size(); ++looked) {
        const int wanted = room();
        if (wanted <= 0) return ok();
        const events::StreamRef& stream = known[turn_++ % known.size()];
        for (auto& entry : TRY(log_.read_new(stream, group_, wanted)))
            admit(stream, std::move(entry), deliveries);
    }
    return ok();
}

Status Subscription::look_on(std::vector<EventDelivery>& deliveries) {
    const auto known = streams();
    for (int wanted = room(); wanted > 0; wanted = room()) {
        const int limit = space_.empty() ? std::max(wanted, kSpineAtOnce) : wanted;
        auto entries = TRY(log_.read_after(known, after_, limit));
        for (auto& entry : entries) {
            const events::StreamRef stream{space_, space_.empty() ? "" : entry.topic};
            const auto at = std::find(known.begin(), known.end(), stream);
            if (at == known.end() || room() <= 0) break;
            after_[static_cast<size_t>(at - known.begin())] = entry.id;
            if (events::matches(plan_.topic, entry.topic))
                admit(stream, std::move(entry), deliveries);
        }
        if (entries.size() < static_cast<size_t>(limit)) break;
    }
    return ok();
}

Status Subscription::settle() {
    std::vector<Settled> settled;
    {
        const std::lock_guard lock(mutex_);
        settled.swap(settled_);
    }
    Status outcome = ok();
    size_t at = 0;
    for (; at < settled.size() && outcome.ok(); ++at) {
        const auto& [delivery, acknowledge, delay] = settled[at];
        outcome =
            looks_on() ? ok()
            : acknowledge
                ? log_.acknowledge(delivery.stream, group_, {delivery.entry.id})
                : log_.give_back(delivery.stream, group_, delivery.entry.id,
                                 plan_.ack_timeout + kGrace - std::min(delay, plan_.ack_timeout));
        // The group is gone, and the entry with it.
        if (!outcome.ok() && outcome.error().code == ErrorCode::kNotFound) outcome = ok();
        if (!outcome.ok()) break;
        const std::lock_guard lock(mutex_);
        in_flight_.erase(key_of(delivery));
        if (acknowledge) continue;
        given_back_ = now() + delay;
        overdue_at_ = std::min(overdue_at_, *given_back_);
    }
    const std::lock_guard lock(mutex_);
    settled_.insert(settled_.end(),
                    std::make_move_iterator(settled.begin() + static_cast<std::ptrdiff_t>(at)),
                    std::make_move_iterator(settled.end()));
    return outcome;
}

void Subscription::done(const EventDelivery& delivery, Verdict verdict,
                        std::chrono::milliseconds delay, const std::string& why) {
    const bool again = verdict == Verdict::kAgain && !looks_on() &&
                       delivery.entry.deliveries < plan_.deliveries_max;
    {
        const std::lock_guard lock(mutex_);
        in_flight_[key_of(delivery)] = true;
        settled_.push_back({delivery, !again, delay});
    }
    if (verdict == Verdict::kDone || again || looks_on()) return;
    const int count = std::min(delivery.entry.deliveries, plan_.deliveries_max);
    fault_("the event " + delivery.entry.id + " of '" + delivery.entry.topic +
               "' is given up after " + std::to_string(count) +
               (count == 1 ? " delivery: " : " deliveries: ") + why,
           "given up: " + delivery.entry.topic);
}

std::optional<MonoTime> Subscription::given_back() { return std::exchange(given_back_, {}); }

void Subscription::take_over(const Subscription& other, MonoTime at) {
    if (&other == this || looks_on() || space_ != other.space_ || group_ != other.group_) return;
    const std::lock_guard lock(mutex_);
    overdue_at_ = std::min(overdue_at_, at);
}

std::vector<events::StreamRef> Subscription::streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
}

MonoTime Subscription::due() const {
    const std::lock_guard lock(mutex_);
    return overdue_at_;
}

bool Subscription::working() const {
    const std::lock_guard lock(mutex_);
    return !in_flight_.empty();
}

bool Subscription::all_done() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(in_flight_.begin(), in_flight_.end(),
                       [](const auto& entry) { return entry.second; });
}

void Subscription::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

bool Subscription::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

}  // namespace ordinaut::ext
