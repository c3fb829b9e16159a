#include "store/memory/change_store.h"

namespace ordinaut::store::memory {
namespace {

// What the next change's transaction will be called.
ChangePosition edge(const State& state) { return {static_cast<uint64_t>(state.sequence) + 1, 0}; }

}  // namespace

void State::tell(ChangeNote note) {
    ++sequence;
    ++told;
    note.position = {static_cast<uint64_t>(sequence), sequence};
    note.at = now();
    changes.push_back(std::move(note));
}

Id State::owner_of(std::string_view subject) const {
    const auto task = tasks.find(Id(subject));
    return task == tasks.end() ? Id() : task->second.owner;
}

Result<ChangeBounds> MemoryChangeStore::bounds() {
    const std::lock_guard lock(state_.mutex);
    return ChangeBounds{state_.change_horizon, edge(state_)};
}

Result<ChangePage> MemoryChangeStore::read(const ChangePosition& after, int limit) {
    const std::lock_guard lock(state_.mutex);
    ChangePage page;
    page.end = std::max(after, edge(state_));
    for (const ChangeNote& note : state_.changes) {
        if (note.position <= after) continue;
        page.changes.push_back(note);
        page.more = page.changes.size() >= static_cast<size_t>(limit);
        if (page.more) break;
    }
    if (page.more) page.end = page.changes.back().position;
    return page;
}

}  // namespace ordinaut::store::memory
