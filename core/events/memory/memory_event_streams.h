// Streams of events in memory, for tests.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "events/event_streams.h"

namespace ordinaut::events::memory {

// `clock` must outlive it, and is what "overdue" goes by.
class MemoryEventStreams final : public EventStreams {
public:
    explicit MemoryEventStreams(const Clock& clock) : clock_(clock) {}

    Result<std::string> append(const StreamRef& stream, const NewStreamEntry& entry) override;
    Status append_all(const std::string& batch,
                      const std::vector<NewStreamEntry>& entries) override;
    Result<std::vector<std::string>> topics(const std::string& space) override;
    Result<bool> enter_group(const std::string& space, const std::string& group) override;
    Status make_group(const StreamRef& stream, const std::string& group,
                      const std::string& from) override;
    Result<std::vector<StreamEntry>> read_new(const StreamRef& stream, const std::string& group,
                                              int count) override;
    Result<Overdue> read_overdue(const StreamRef& stream, const std::string& group,
                                 std::chrono::milliseconds idle, int count) override;
    Status acknowledge(const StreamRef& stream, const std::string& group,
                       const std::vector<std::string>& ids) override;
    Status give_back(const StreamRef& stream, const std::string& group, const std::string& id,
                     std::chrono::milliseconds idle) override;
    Result<std::vector<StreamEntry>> read_after(const std::vector<StreamRef>& streams,
                                                const std::vector<std::string>& after,
                                                int count) override;
    Result<std::vector<std::string>> spaces(const std::string& owner) override;
    Result<StreamState> inspect(const StreamRef& stream) override;
    Status wait(const std::vector<StreamRef>& streams, std::vector<std::string>& positions,
                std::chrono::milliseconds limit) override;

private:
    struct Pending {
        MonoTime read_at{};
        int deliveries = 1;
    };
    struct Group {
        int64_t after = 0;  // The last entry given to anyone.
        std::map<int64_t, Pending> pending;
    };
    struct Stream {
        std::map<int64_t, StreamEntry> entries;
        std::map<std::string, Group> groups;
    };
    static std::string key_of(const StreamRef& stream) {
        return stream.space.empty() ? "" : stream.space + ":" + stream.topic;
    }
    // kTooLarge: kTopicsMax.
    Status enter_topic(const StreamRef& stream);
    Result<Group*> find(const StreamRef& stream, const std::string& group);

    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable grown_;
    int64_t last_id_ = 0;
    std::map<std::string, Stream> streams_;
    std::map<std::string, std::set<std::string>> topics_, entered_;  // By space.
    std::map<std::string, std::string> seen_;
    std::set<std::string> batches_;
};

}  // namespace ordinaut::events::memory
