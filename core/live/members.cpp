#include "live/members.h"

namespace ordinaut::live {

template <class Step>
void Members::each(Step step) {
    for (auto it = members_.begin(); it != members_.end();)
        it = step(it->first, it->second) == Took::kGone ? members_.erase(it) : std::next(it);
}

void Members::leave(Id id) {
    const auto found = members_.find(id);
    if (found == members_.end()) return;
    found->second.subscriber->left();
    members_.erase(found);
}

void Members::refuse(Id id) {
    const auto found = members_.find(id);
    if (found == members_.end()) return;
    found->second.subscriber->refused();
    members_.erase(found);
}

void Members::leave_all() {
    for (const auto& [id, member] : members_) member.subscriber->left();
    members_.clear();
}

void Members::resume(Id id) {
    if (const auto found = members_.find(id); found != members_.end())
        found->second.blocked = false;
}

void Members::tell(const std::vector<Event>& events, const store::ChangePosition& upto, bool live) {
    std::vector<const Event*> wanted;
    each([&](Id, Member& member) {
        if (member.behind == live || member.blocked || member.told >= upto) return Took::kYes;
        wanted.clear();
        for (const Event& event : events)
            if (event.note.position > member.told && member.filter.matches(event.note))
                wanted.push_back(&event);
        const Took took = wanted.empty() ? Took::kYes : member.subscriber->take(wanted, upto, live);
        if (took == Took::kYes) member.told = upto;
        if (took == Took::kFull) {
            if (!member.behind) member.replayed = 0;
            member.behind = member.blocked = true;
        }
        return took;
    });
}

std::optional<store::ChangePosition> Members::least_behind() const {
    std::optional<store::ChangePosition> least;
    for (const auto& [id, member] : members_)
        if (member.behind && !member.blocked && (!least || member.told < *least))
            least = member.told;
    return least;
}

void Members::caught_up(size_t count, const store::ChangePosition& upto, bool more,
                        int64_t replay_max, const store::ChangePosition& live_at) {
    each([&](Id, Member& member) {
        if (!member.behind || member.blocked || member.told < upto) return Took::kYes;
        member.replayed += static_cast<int64_t>(count);
        if (more && member.replayed < replay_max) return Took::kYes;
        member.behind = false;
        member.replayed = 0;
        if (!more) return Took::kYes;
        member.told = std::max(member.told, live_at);
        return member.subscriber->resync(member.told, "too much happened since");
    });
}

void Members::ask_of(Id id, Member& member, const Ask& ask) {
    if (member.question == nullptr) member.question = std::make_shared<Question>(member.subscriber);
    if (!member.question->is_open.exchange(true)) ask(id, member.question);
}

void Members::beat(MonoTime now, std::chrono::milliseconds interval, const Ask& ask) {
    each([&](Id id, Member& member) {
        if (member.beat_at > now) return Took::kYes;
        member.beat_at = now + interval;
        ask_of(id, member, ask);
        return member.blocked ? Took::kYes : member.subscriber->beat(member.told);
    });
}

MonoTime Members::next_beat() const {
    MonoTime next = MonoTime::max();
    for (const auto& [id, member] : members_) next = std::min(next, member.beat_at);
    return next;
}

}  // namespace ordinaut::live
