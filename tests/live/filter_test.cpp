// Goal: a watcher gets what it asked for and nothing of others; a mistake in a filter is named.
#include "live/filter.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::live {
namespace {

const Id kMine = new_id(), kTheirs = new_id(), kTask = new_id(), kRun = new_id();

store::ChangeNote run_change(const Id& owner, const std::string& state) {
    store::ChangeNote note;
    note.type = "run." + state;
    note.owner = owner;
    note.subject = kTask;
    note.run_id = kRun;
    note.to = state;
    return note;
}

store::ChangeNote other_change(const std::string& type, const std::string& subject,
                               const Id& owner = {}) {
    store::ChangeNote note;
    note.type = type;
    note.subject = subject;
    note.owner = owner;
    return note;
}

Filter of(const std::string& query) {
    const auto filter = filter_of_query(*parse_json(query));
    EXPECT_OK(filter);
    return *filter;
}

Filter watch(const std::string& json) {
    const auto filter = filter_of_watch(json);
    EXPECT_OK(filter);
    return *filter;
}

TEST(Filter, AForeignTasksChangesAreNeverShown) {
    Filter filter;
    filter.owner = kMine;
    EXPECT_TRUE(filter.matches(run_change(kMine, "ready")));
    EXPECT_FALSE(filter.matches(run_change(kTheirs, "ready")));
    EXPECT_TRUE(filter.matches(other_change("task.paused", kTask, kMine)));
    EXPECT_FALSE(filter.matches(other_change("task.paused", kTask, kTheirs)));
    // A task whose owner is not known is nobody's to see but an admin's.
    EXPECT_FALSE(filter.matches(other_change("task.paused", kTask)));
    EXPECT_TRUE(Filter{}.matches(other_change("task.paused", kTask)));
    EXPECT_TRUE(filter.matches(other_change("queue.paused", "queue")));
    EXPECT_TRUE(filter.matches(other_change("extension.state", "std")));
}

TEST(Filter, NamingAForeignTaskDoesNotHelp) {
    Filter filter = of(R"({"task_id":")" + kTask + "\"}");
    filter.owner = kMine;
    EXPECT_FALSE(filter.matches(run_change(kTheirs, "ready")));
    EXPECT_TRUE(filter.matches(run_change(kMine, "ready")));
    EXPECT_FALSE(filter.matches(other_change("queue.paused", "queue")));
    EXPECT_FALSE(filter.matches(other_change("task.paused", new_id(), kMine)));
}

TEST(Filter, StatesKindsAndRuns) {
    const Filter ended = of(R"({"state":"succeeded,failed"})");
    EXPECT_TRUE(ended.matches(run_change(kMine, "failed")));
    EXPECT_FALSE(ended.matches(run_change(kMine, "running")));
    EXPECT_FALSE(ended.matches(other_change("task.paused", kTask, kMine)));
    const Filter kinds = of(R"({"kinds":"task,queue"})");
    EXPECT_FALSE(kinds.matches(run_change(kMine, "failed")));
    EXPECT_TRUE(kinds.matches(other_change("task.paused", kTask, kMine)));
    EXPECT_FALSE(kinds.matches(other_change("extension.state", "std")));
    std::string upper = kRun;
    for (char& c : upper) c = static_cast<char>(toupper(c));
    const Filter run = of(R"({"run_id":")" + upper + "\"}");
    EXPECT_TRUE(run.matches(run_change(kMine, "failed")));
    EXPECT_FALSE(run.matches(other_change("task.paused", kTask, kMine)));
}

TEST(Filter, TypesOfAWatch) {
    const Filter types = watch(R"({"types":["run.failed","task.*"]})");
    EXPECT_TRUE(types.matches(run_change(kMine, "failed")));
    EXPECT_FALSE(types.matches(run_change(kMine, "succeeded")));
    EXPECT_TRUE(types.matches(other_change("task.paused", kTask, kMine)));
    EXPECT_FALSE(types.matches(other_change("queue.paused", "queue")));
    EXPECT_TRUE(watch("").matches(run_change(kMine, "succeeded")));
    EXPECT_TRUE(watch("{}").matches(other_change("task.paused", kTask, kMine)));
    // What nobody named does not come.
    EXPECT_FALSE(watch("{}").matches(other_change("extension.state", "std")));
    EXPECT_TRUE(
        watch(R"({"types":["extension.*"]})").matches(other_change("extension.state", "std")));
}

TEST(Filter, AMistakeIsNamedWithWhatWouldBeRight) {
    const auto message = [](const auto& result) {
        EXPECT_FALSE(result.ok());
        return result.ok() ? std::string() : result.error().message;
    };
    const auto query = [&](const std::string& json) {
        return message(filter_of_query(*parse_json(json)));
    };
    EXPECT_NE(query(R"({"state":"succeeded,fialed"})").find("did you mean 'failed'"),
              std::string::npos);
    EXPECT_NE(query(R"({"state":"failed,"})").find("/state: '' is none of scheduled, ready"),
              std::string::npos);
    EXPECT_NE(query(R"({"kinds":"runs"})").find("did you mean 'run'"), std::string::npos);
    EXPECT_NE(query(R"({"kinds":"runs"})").find("run, task, queue, extension"), std::string::npos);
    EXPECT_NE(query(R"({"task_id":"7"})").find("/task_id: must be a UUID"), std::string::npos);
    EXPECT_NE(message(filter_of_watch(R"({"type":[]})")).find("did you mean 'types'"),
              std::string::npos);
    EXPECT_NE(message(filter_of_watch(R"({"types":["run.faild"]})")).find("/types/0"),
              std::string::npos);
    EXPECT_NE(message(filter_of_watch(R"({"types":[3]})")).find("/types/0: must be a string"),
              std::string::npos);
    EXPECT_NE(message(filter_of_watch("[]")).find("must be a JSON object"), std::string::npos);
    EXPECT_FALSE(filter_of_watch("{").ok());
}

}  // namespace
}  // namespace ordinaut::live
