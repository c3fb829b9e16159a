// Takes the spine's events in and is killed after the commit, before the acknowledgement.
//   spine_crash_child DATABASE_URL REDIS_URL STREAM
#include <csignal>
#include <cstdio>

#include "events/redis/redis_event_streams.h"
#include "scheduler/fire_planner.h"
#include "spine/intake.h"
#include "store/postgres/database.h"

namespace {

using namespace ordinaut;

// As the streams it stands before, but for the moment of the crash.
class Fatal final : public events::EventStreams {
public:
    explicit Fatal(events::EventStreams& streams) : streams_(streams) {}

    Result<std::string> append(const events::StreamRef& stream,
                               const events::NewStreamEntry& entry) override {
        return streams_.append(stream, entry);
    }
    Status append_all(const std::string& batch,
                      const std::vector<events::NewStreamEntry>& entries) override {
        return streams_.append_all(batch, entries);
    }
    Result<std::vector<std::string>> topics(const std::string& space) override {
        return streams_.topics(space);
    }
    Result<bool> enter_group(const std::string& space, const std::string& group) override {
        return streams_.enter_group(space, group);
    }
    Status make_group(const events::StreamRef& stream, const std::string& group,
                      const std::string& from) override {
        return streams_.make_group(stream, group, from);
    }
    Result<std::vector<events::StreamEntry>> read_new(const events::StreamRef& stream,
                                                      const std::string& group,
                                                      int count) override {
        return streams_.read_new(stream, group, count);
    }
    Result<events::Overdue> read_overdue(const events::StreamRef& stream, const std::string& group,
                                         std::chrono::milliseconds idle, int count) override {
        return streams_.read_overdue(stream, group, idle, count);
    }
    Status acknowledge(const events::StreamRef&, const std::string&,
                       const std::vector<std::string>&) override {
        std::raise(SIGKILL);
        return ok();
    }
    Status give_back(const events::StreamRef& stream, const std::string& group,
                     const std::string& id, std::chrono::milliseconds idle) override {
        return streams_.give_back(stream, group, id, idle);
    }
    Result<std::vector<events::StreamEntry>> read_after(
        const std::vector<events::StreamRef>& streams, const std::vector<std::string>& after,
        int count) override {
        return streams_.read_after(streams, after, count);
    }
    Result<std::vector<std::string>> spaces(const std::string& owner) override {
        return streams_.spaces(owner);
    }
    Result<events::StreamState> inspect(const events::StreamRef& stream) override {
        return streams_.inspect(stream);
    }
    Status wait(const std::vector<events::StreamRef>& streams, std::vector<std::string>& positions,
                std::chrono::milliseconds limit) override {
        return streams_.wait(streams, positions, limit);
    }

private:
    events::EventStreams& streams_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const SystemClock clock;
    const auto database = store::postgres::Database::open({.url = argv[1], .pool_size = 2});
    const auto streams =
        events::redis::RedisEventStreams::create(argv[2], {.spine = argv[3]}, clock);
    if (!database.ok() || !streams.ok()) return 3;
    Fatal fatal(**streams);
    const store::Stores stores = (*database)->stores();
    spine::Intake intake(fatal, stores.events, clock,
                         [](const store::DueTask& due, const std::vector<WallTime>& published,
                            WallTime now) -> Result<store::FirePlan> {
                             return scheduler::plan_events(due, published, now);
                         },
                         {});
    const auto stepped = intake.step();
    std::fprintf(stderr, "not killed: %s\n", stepped.ok() ? "ok" : stepped.error().message.c_str());
    return 1;
}
