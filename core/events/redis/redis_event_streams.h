// Streams of events in Redis: the spine in one stream, each topic of a space in
// "ext:<space>:<topic>".
#pragma once
#include "events/event_streams.h"
#include "events/redis/redis_pool.h"

namespace ordinaut::events::redis {

struct RedisStreamsOptions {
    std::string spine = "ordinaut:events";  // As RedisBusOptions::stream.
    int64_t spine_length_max = 100'000;     // As SpineBounds::length_max.
    int64_t topic_length_max = 10'000;      // The oldest beyond (about) this many are dropped.
    Timeouts timeouts = {};
};

// All readers of a group are one consumer, "host", so that none is left behind when a process ends:
// what it had read is overdue after a while, whoever read it.
class RedisEventStreams final : public EventStreams {
public:
    // `clock` must outlive it. kInvalid: errors of parse_redis_url.
    static Result<std::unique_ptr<RedisEventStreams>> create(std::string_view url,
                                                             RedisStreamsOptions options,
                                                             const Clock& clock);

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
    RedisEventStreams(RedisUrl url, RedisStreamsOptions options, const Clock& clock)
        : options_(std::move(options)), pool_(std::move(url), options_.timeouts, clock) {}
    std::string key_of(const StreamRef& stream) const;
    Result<std::string> newest(const std::string& key);
    Result<int> deliveries_of(const std::string& key, const std::string& group,
                              const std::string& id);

    const RedisStreamsOptions options_;
    RedisPool pool_;
};

}  // namespace ordinaut::events::redis
