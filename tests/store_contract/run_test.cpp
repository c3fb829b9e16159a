// Reading runs: unfinished and finished ones look the same.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

class RunContract : public Contract {
protected:
    std::vector<Id> ids(const RunQuery& query) {
        const auto listing = stores_.runs.list(query);
        EXPECT_OK(listing);
        std::vector<Id> ids;
        for (const Run& run : listing->items) ids.push_back(run.id);
        EXPECT_EQ(listing->total >= int64_t(ids.size()), true);
        return ids;
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, RunContract, all_backends(), backend_name);

TEST_P(RunContract, ListsMixLiveAndFinishedRunsNewestFirst) {
    const Task one = add_task(), other = add_task();
    const Id succeeded = add_run(one).id;
    finish(claim_one());
    const Id failed = add_run(other).id;
    finish(claim_one(), RunState::kFailed);
    const Id running = add_run(one).id;
    claim_one();
    const Id waiting = add_run(one, 5, 3600000ms).id;

    EXPECT_THAT(ids({}), ElementsAre(waiting, running, failed, succeeded));
    EXPECT_THAT(ids({.task_id = other.id}), ElementsAre(failed));
    EXPECT_THAT(ids({.success = true}), ElementsAre(succeeded));
    EXPECT_THAT(ids({.success = false}), ElementsAre(failed));
    EXPECT_THAT(ids({.state = RunState::kRunning}), ElementsAre(running));
    EXPECT_THAT(ids({.state = RunState::kScheduled}), ElementsAre(waiting));
    EXPECT_THAT(ids({.state = RunState::kFailed}), ElementsAre(failed));
    EXPECT_THAT(ids({.page = {2, 1}}), ElementsAre(running, failed));
    EXPECT_THAT(ids({.descending = false}), ElementsAre(succeeded, failed, running, waiting));
    EXPECT_THAT(ids({.descending = false, .page = {2, 1}}), ElementsAre(failed, running));
    EXPECT_EQ(stores_.runs.list({.page = {1, 0}})->total, 4);
    EXPECT_TRUE(ids({.owner = stranger_}).empty());
    EXPECT_EQ(ids({.owner = owner_}).size(), 4u);
    EXPECT_EQ(ids({.start_time = now() - 1h, .end_time = now() + 1h}).size(), 4u);
    EXPECT_TRUE(ids({.start_time = now() + 1h}).empty());
    EXPECT_TRUE(ids({.end_time = now() - 1h}).empty());
}

TEST_P(RunContract, ListsSortByAnyColumnWithNullsLast) {
    Task zebra = some_task("zebra"), ant = some_task("ant");
    zebra = add_task(zebra);
    ant = add_task(ant);
    const Id first = add_run(zebra).id;
    finish(claim_one(), RunState::kFailed);
    const Id second = add_run(ant).id;
    finish(claim_one());
    const Id running = add_run(zebra).id;
    claim_one();
    const Id waiting = add_run(ant, 5, 3600000ms).id;

    const auto up = [&](const std::string& sort) {
        return ids({.sort = sort, .descending = false});
    };
    const auto down = [&](const std::string& sort) { return ids({.sort = sort}); };
    EXPECT_THAT(up("started_at"), ElementsAre(first, second, running, waiting));
    EXPECT_THAT(down("started_at"), ElementsAre(running, second, first, waiting));
    EXPECT_THAT(up("finished_at").front(), first);
    EXPECT_THAT(down("finished_at").front(), second);
    EXPECT_THAT(up("state"), ElementsAre(first, running, waiting, second));
    EXPECT_THAT(down("state"), ElementsAre(second, waiting, running, first));
    EXPECT_EQ(up("attempt").front(), waiting);
    EXPECT_EQ(down("attempt").back(), waiting);
    EXPECT_EQ(up("duration_seconds").back(), waiting);
    EXPECT_EQ(down("lateness_seconds").back(), waiting);
    EXPECT_THAT(up("title"), UnorderedElementsAre(first, second, running, waiting));
    EXPECT_THAT(ids({.sort = "title", .descending = false, .page = {2, 0}}),
                UnorderedElementsAre(second, waiting));
    EXPECT_THAT(ids({.sort = "title", .page = {2, 0}}), UnorderedElementsAre(first, running));
    EXPECT_THAT(ids({.task_id = zebra.id, .sort = "state"}), ElementsAre(running, first));
    EXPECT_THAT(ids({.owner = stranger_, .sort = "title"}), ElementsAre());
    std::vector<Id> by_id = up("id"), sorted = by_id;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(by_id, sorted);
    std::vector<Id> pages = ids({.sort = "source", .page = {2, 0}});
    for (const Id& id : ids({.sort = "source", .page = {2, 2}})) pages.push_back(id);
    EXPECT_EQ(pages, down("source"));
}

TEST_P(RunContract, RunsAreFoundByHowTheirIdsBeginOrEnd) {
    const Task task = add_task(), other = add_task();
    std::vector<Id> all;
    for (int i = 0; i < 3; ++i) all.push_back(add_run(task).id);
    for (const auto& lease : claim()) finish(lease);
    for (int i = 0; i < 3; ++i) all.push_back(add_run(other).id);
    const auto like = [&](const std::string& part) {
        std::vector<Id> found;
        for (const Id& id : all)
            if (id.starts_with(part) || id.ends_with(part)) found.push_back(id);
        return found;
    };
    for (const Id& id : all) {
        for (const std::string& part :
             {id, id.substr(0, 23), id.substr(0, 19), id.substr(0, 9), id.substr(0, 4),
              id.substr(28), id.substr(23), id.substr(32)})
            EXPECT_THAT(ids({.id_part = part}), UnorderedElementsAreArray(like(part))) << part;
        EXPECT_THAT(ids({.id_part = id.substr(24, 8)}),
                    UnorderedElementsAreArray(like(id.substr(24, 8))));
    }
    const std::string last = all.back().substr(28);
    EXPECT_THAT(ids({.owner = owner_, .task_id = other.id, .id_part = last}),
                ElementsAre(all.back()));
    EXPECT_THAT(ids({.id_part = last, .sort = "state"}), ElementsAre(all.back()));
    EXPECT_EQ(stores_.runs.list({.id_part = all.front()})->total, 1);
    EXPECT_THAT(ids({.task_id = task.id, .id_part = last}), ElementsAre());
    EXPECT_THAT(ids({.owner = stranger_, .id_part = last}), ElementsAre());
    EXPECT_THAT(ids({.success = true, .id_part = last}), ElementsAre());
    EXPECT_THAT(ids({.id_part = "not-hex-at-all%"}), ElementsAre());
}

TEST_P(RunContract, LatestIsTheNewestRunOfTheTask) {
    const Task task = add_task();
    EXPECT_EQ(code_of(stores_.runs.latest(task.id, owner_)), ErrorCode::kNotFound);
    add_run(task);
    finish(claim_one());
    const Run newest = add_run(task);
    const auto latest = stores_.runs.latest(task.id, owner_);
    ASSERT_OK(latest);
    EXPECT_EQ(latest->run.id, newest.id);
}

TEST_P(RunContract, StatsCountAndMeasure) {
    const Task task = add_task(), other = add_task();
    for (int i = 0; i < 4; ++i) add_run(task);
    const auto leases = claim();
    ASSERT_EQ(leases.size(), 4u);
    finish(leases[0]);
    finish(leases[1]);
    finish(leases[2], RunState::kFailed);
    finish(leases[3], RunState::kCanceled);
    add_run(task);
    add_run(other);
    finish(claim().front(), RunState::kTimedOut);

    const auto stats = stores_.runs.stats("", 7, owner_);
    ASSERT_OK(stats);
    EXPECT_EQ(stats->days, 7);
    EXPECT_EQ(stats->all.total, 6);
    EXPECT_EQ(stats->all.succeeded, 2);
    EXPECT_EQ(stats->all.failed, 1);
    EXPECT_EQ(stats->all.canceled, 1);
    EXPECT_EQ(stats->all.other, 1);
    EXPECT_EQ(stats->all.live, 1);
    EXPECT_DOUBLE_EQ(stats->all.success_rate.value(), 0.5);
    EXPECT_GE(stats->all.duration_seconds_p95.value(), stats->all.duration_seconds_p50.value());
    EXPECT_TRUE(stats->all.lateness_seconds_mean.has_value());
    ASSERT_EQ(stats->per_day.size(), 1u);
    EXPECT_EQ(stats->per_day[0].counts.total, 6);
    EXPECT_EQ(stats->per_day[0].day, format_time(now()).substr(0, 10));
    EXPECT_EQ(stores_.runs.stats(task.id, 7, owner_)->all.total, 5);
    const auto none = stores_.runs.stats("", 7, stranger_);
    EXPECT_EQ(none->all.total, 0);
    EXPECT_EQ(none->all.success_rate, std::nullopt);
    EXPECT_TRUE(none->per_day.empty());
}

}  // namespace
}  // namespace ordinaut::store
