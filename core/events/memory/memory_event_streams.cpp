#include "events/memory/memory_event_streams.h"

#include <cstdlib>

namespace ordinaut::events::memory {
namespace {
int64_t number_of(const std::string& id) { return std::strtoll(id.c_str(), nullptr, 10); }
std::string id_of(int64_t number) { return std::to_string(number) + "-0"; }
}  // namespace

Result<std::string> MemoryEventStreams::append(const StreamRef& stream,
                                               const NewStreamEntry& entry) {
    const std::lock_guard lock(mutex_);
    std::string& seen = seen_[entry.source + "#" + stream.space + "#" + entry.event_id];
    if (!seen.empty()) return seen;
    TRY(enter_topic(stream));
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.wall_now());
    last_id_ = std::max<int64_t>(last_id_ + 1, now.time_since_epoch().count());
    StreamEntry made;
    made.id = id_of(last_id_);
    made.topic = entry.topic;
    made.payload_json = entry.payload_json;
    made.source = entry.source;
    made.event_id = entry.event_id;
    made.causation_id = entry.causation_id;
    made.trace_id = entry.trace_id;
    made.causation_depth = entry.causation_depth;
    made.published_at = now;
    seen = made.id;
    streams_[key_of(stream)].entries.emplace(last_id_, std::move(made));
    grown_.notify_all();
    return id_of(last_id_);
}

Status MemoryEventStreams::enter_topic(const StreamRef& stream) {
    if (stream.space.empty()) return ok();
    auto& topics = topics_[stream.space];
    if (topics.size() >= static_cast<size_t>(kTopicsMax) && topics.count(stream.topic) == 0)
        return Error{ErrorCode::kTooLarge,
                     "this namespace has " + std::to_string(kTopicsMax) + " topics already"};
    topics.insert(stream.topic);
    return ok();
}

Status MemoryEventStreams::append_all(const std::string& batch,
                                      const std::vector<NewStreamEntry>& entries) {
    {
        const std::lock_guard lock(mutex_);
        if (!batches_.insert(batch).second) return ok();
    }
    for (const auto& entry : entries) TRY(append({}, entry));
    return ok();
}

Result<std::vector<std::string>> MemoryEventStreams::topics(const std::string& space) {
    const std::lock_guard lock(mutex_);
    const auto& names = topics_[space];
    return std::vector<std::string>(names.begin(), names.end());
}

Result<bool> MemoryEventStreams::enter_group(const std::string& space, const std::string& group) {
    const std::lock_guard lock(mutex_);
    return entered_[space].insert(group).second;
}

Status MemoryEventStreams::make_group(const StreamRef& stream, const std::string& group,
                                      const std::string& from) {
    const std::lock_guard lock(mutex_);
    TRY(enter_topic(stream));
    Stream& made = streams_[key_of(stream)];
    if (!stream.space.empty() && made.groups.count(group) == 0 &&
        made.groups.size() >= static_cast<size_t>(kGroupsMax))
        return Error{ErrorCode::kTooLarge,
                     "this topic has " + std::to_string(kGroupsMax) + " groups already"};
    const int64_t newest = made.entries.empty() ? 0 : made.entries.rbegin()->first;
    made.groups.try_emplace(group, Group{from == "$" ? newest : number_of(from), {}});
    return ok();
}

Result<MemoryEventStreams::Group*> MemoryEventStreams::find(const StreamRef& stream,
                                                            const std::string& group) {
    auto& groups = streams_[key_of(stream)].groups;
    const auto found = groups.find(group);
    if (found == groups.end()) return not_found("there is no group '" + group + "'");
    return &found->second;
}

Result<std::vector<StreamEntry>> MemoryEventStreams::read_new(const StreamRef& stream,
                                                              const std::string& group, int count) {
    const std::lock_guard lock(mutex_);
    Group* const reader = TRY(find(stream, group));
    const auto& entries = streams_[key_of(stream)].entries;
    std::vector<StreamEntry> read;
    for (auto at = entries.upper_bound(reader->after);
         at != entries.end() && read.size() < static_cast<size_t>(count); ++at) {
        reader->after = at->first;
        reader->pending.emplace(at->first, Pending{clock_.mono_now(), 1});
        read.push_back(at->second);
    }
    return read;
}

Result<Overdue> MemoryEventStreams::read_overdue(const StreamRef& stream, const std::string& group,
                                                 std::chrono::milliseconds idle, int count) {
    const std::lock_guard lock(mutex_);
    Group* const reader = TRY(find(stream, group));
    const auto now = clock_.mono_now();
    Overdue overdue;
    for (auto& [number, pending] : reader->pending) {
        if (overdue.entries.size() >= static_cast<size_t>(count) || now - pending.read_at < idle)
            continue;
        pending.read_at = now;
        ++pending.deliveries;
        overdue.entries.push_back(streams_[key_of(stream)].entries.at(number));
        overdue.entries.back().deliveries = pending.deliveries;
    }
    return overdue;
}

Status MemoryEventStreams::acknowledge(const StreamRef& stream, const std::string& group,
                                       const std::vector<std::string>& ids) {
    const std::lock_guard lock(mutex_);
    Group* const reader = TRY(find(stream, group));
    for (const auto& id : ids) reader->pending.erase(number_of(id));
    return ok();
}

Status MemoryEventStreams::give_back(const StreamRef& stream, const std::string& group,
                                     const std::string& id, std::chrono::milliseconds idle) {
    const std::lock_guard lock(mutex_);
    Group* const reader = TRY(find(stream, group));
    const auto found = reader->pending.find(number_of(id));
    if (found != reader->pending.end()) found->second.read_at = clock_.mono_now() - idle;
    return ok();
}

Result<std::vector<StreamEntry>> MemoryEventStreams::read_after(
    const std::vector<StreamRef>& streams, const std::vector<std::string>& after, int count) {
    const std::lock_guard lock(mutex_);
    std::map<int64_t, StreamEntry> entries;  // Ids are of all streams together here.
    for (size_t i = 0; i < streams.size(); ++i) {
        const auto& held = streams_[key_of(streams[i])].entries;
        entries.insert(held.upper_bound(number_of(after[i])), held.end());
    }
    std::vector<StreamEntry> read;
    for (auto& [number, entry] : entries)
        if (read.size() < static_cast<size_t>(count)) read.push_back(std::move(entry));
    return read;
}

Result<std::vector<std::string>> MemoryEventStreams::spaces(const std::string& owner) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [space, topics] : topics_)
        if (!topics.empty() && space.starts_with(owner + ":")) names.push_back(space);
    return names;
}

Result<StreamState> MemoryEventStreams::inspect(const StreamRef& stream) {
    const std::lock_guard lock(mutex_);
    const Stream& held = streams_[key_of(stream)];
    StreamState state;
    state.length = static_cast<int64_t>(held.entries.size());
    if (!held.entries.empty()) state.last_id = held.entries.rbegin()->second.id;
    for (const auto& [name, group] : held.groups) {
        const auto unread =
            std::distance(held.entries.upper_bound(group.after), held.entries.end());
        state.groups.push_back({name, static_cast<int64_t>(group.pending.size()),
                                static_cast<int64_t>(unread), id_of(group.after)});
    }
    return state;
}

Status MemoryEventStreams::wait(const std::vector<StreamRef>& streams,
                                std::vector<std::string>& positions,
                                std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    const auto newest = [&] {
        std::vector<std::string> ids;
        for (const auto& stream : streams) {
            const auto& entries = streams_[key_of(stream)].entries;
            ids.push_back(entries.empty() ? "0-0" : entries.rbegin()->second.id);
        }
        return ids;
    };
    grown_.wait_for(lock, limit, [&] { return newest() != positions; });
    positions = newest();
    return ok();
}

}  // namespace ordinaut::events::memory
