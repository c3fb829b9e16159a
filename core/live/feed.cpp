#include "live/feed.h"

#include "base/log.h"

namespace ordinaut::live {
namespace {

std::vector<Event> events_of(std::vector<store::ChangeNote> notes) {
    std::vector<Event> events;
    events.reserve(notes.size());
    for (auto& note : notes) events.push_back(make_event(std::move(note)));
    return events;
}

}  // namespace

Feed::Feed(store::ChangeStore& changes, store::Wakeup& wakeup, const Clock& clock,
           FeedOptions options)
    : changes_(changes),
      clock_(clock),
      options_(options),
      questions_("live_questions", 1, options.subscribers_max) {
    listening_ = wakeup.listen(store::Channel::kRuns, [this] {
        const std::lock_guard lock(mutex_);
        hinted_ = true;
        wake_.notify_one();
    });
    thread_ = std::thread([this] { loop(); });
}

Feed::~Feed() { stop(); }

void Feed::stop() {
    listening_.reset();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    questions_.stop();
}

uint64_t Feed::new_ticket() {
    const std::lock_guard lock(mutex_);
    return ++tickets_;
}

Status Feed::join(uint64_t ticket, Subscription subscription) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return unavailable("the server is stopping");
    if (inside_ >= options_.subscribers_max)
        return unavailable("too many streams are open (" + std::to_string(inside_) +
                           "); try again later");
    ++inside_;
    orders_.joining.emplace_back(ticket, std::move(subscription));
    wake_.notify_one();
    return ok();
}

void Feed::leave(uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    orders_.leaving.push_back(ticket);
    wake_.notify_one();
}

void Feed::resume(uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    orders_.resuming.push_back(ticket);
    wake_.notify_one();
}

std::chrono::nanoseconds Feed::time_to_sleep() const {
    const auto now = clock_.mono_now();
    const auto look_in = held_back_.count() > 0 && !failing_ ? held_back_ : options_.poll;
    const auto next = std::min(looked_at_ + look_in, members_.next_beat());
    return std::max(next - now, std::chrono::nanoseconds(0));
}

bool Feed::wait(Orders& orders) {
    const auto has_orders = [this] {
        return stopping_ || !orders_.joining.empty() || !orders_.leaving.empty() ||
               !orders_.resuming.empty() || !orders_.refused.empty();
    };
    std::unique_lock lock(mutex_);
    if (members_.empty()) {
        wake_.wait(lock, has_orders);
    } else if (!more_) {
        wake_.wait_for(lock, time_to_sleep(), [&] { return has_orders() || hinted_; });
        const auto since = clock_.mono_now() - looked_at_;
        if (hinted_ && since < options_.gather)
            wake_.wait_for(lock, options_.gather - since, has_orders);
    }
    // Before looking: a hint that comes after this line is not lost.
    hinted_ = false;
    orders = std::exchange(orders_, {});
    return !stopping_;
}

void Feed::loop() {
    Orders orders;
    while (wait(orders)) {
        carry_out(std::move(orders));
        if (!members_.empty()) {
            more_ = false;
            Status done = read_on();
            if (done.ok()) done = catch_up();
            note_failure(done);
            members_.beat(clock_.mono_now(), options_.heartbeat,
                          [this](uint64_t ticket, const auto& question) { ask(ticket, question); });
        }
        const std::lock_guard lock(mutex_);
        inside_ = members_.size() + orders_.joining.size();
    }
    carry_out(std::move(orders));
    members_.leave_all();
}

void Feed::carry_out(Orders orders) {
    admit(std::move(orders.joining));
    for (const uint64_t ticket : orders.refused) members_.refuse(ticket);
    for (const uint64_t ticket : orders.leaving) members_.leave(ticket);
    for (const uint64_t ticket : orders.resuming) members_.resume(ticket);
}

void Feed::ask(uint64_t ticket, const std::shared_ptr<Question>& question) {
    const bool asked = questions_.try_submit([this, ticket, question] {
        if (question->subscriber->may_go_on()) {
            question->is_open = false;
            return;
        }
        const std::lock_guard lock(mutex_);
        orders_.refused.push_back(ticket);
        wake_.notify_one();
    });
    if (!asked) question->is_open = false;  // At the next beat, then.
}

void Feed::admit(std::vector<std::pair<uint64_t, Subscription>>&& joining) {
    if (joining.empty()) return;
    auto bounds = changes_.bounds();
    if (!bounds.ok()) {
        // Told by ending their streams; whoever wants one tries again.
        log_warn("live.join_failed", {{"error", bounds.error().message}});
        for (const auto& [ticket, subscription] : joining) subscription.subscriber->left();
        return;
    }
    if (members_.empty()) told_ = bounds->newest;
    for (auto& [ticket, subscription] : joining) {
        Member member{.subscriber = std::move(subscription.subscriber),
                      .filter = std::move(subscription.filter)};
        member.told = told_;
        member.beat_at = clock_.mono_now() + options_.heartbeat;
        std::string_view lost;
        if (subscription.after) {
            const auto after = store::parse_change_position(*subscription.after);
            if (!after)
                lost = "the position is not one of this server's";
            else if (*after < bounds->horizon)
                lost = "what came after the position is no longer kept";
            else if (*after > bounds->newest)
                lost = "the position lies ahead of this database";
            else
                member.told = *after;
            member.behind = lost.empty();
        }
        Took took = member.subscriber->joined(member.told);
        if (took != Took::kGone && !lost.empty())
            took = member.subscriber->resync(member.told, lost);
        if (took != Took::kGone) members_.add(ticket, std::move(member));
    }
}

Status Feed::read_on() {
    looked_at_ = clock_.mono_now();
    auto page = TRY(changes_.read(told_, options_.page));
    members_.tell(events_of(std::move(page.changes)), page.end, true);
    told_ = page.end;
    more_ = page.more;
    if (!page.held_back)
        held_back_ = std::chrono::milliseconds(0);
    else
        held_back_ = std::clamp(held_back_ * 2, options_.held_back, options_.poll);
    return ok();
}

Status Feed::catch_up() {
    const auto from = members_.least_behind();
    if (!from) return ok();
    auto page = TRY(changes_.read(*from, options_.page));
    const size_t count = page.changes.size();
    members_.tell(events_of(std::move(page.changes)), page.end, false);
    members_.caught_up(count, page.end, page.more, options_.replay_max, told_);
    more_ = more_ || page.more || members_.least_behind().has_value();
    return ok();
}

void Feed::note_failure(const Status& status) {
    if (status.ok() != failing_) return;
    failing_ = !status.ok();
    if (failing_)
        log_error("live.read_failed", {{"error", status.error().message}});
    else
        log_info("live.recovered");
}

}  // namespace ordinaut::live
