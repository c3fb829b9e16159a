// A memory store with one agent, and tasks made in one line.
#pragma once
#include <gtest/gtest.h>

#include "store/memory/memory_stores.h"

namespace ordinaut::runner {

class StoreFixture : public ::testing::Test {
protected:
    explicit StoreFixture(const Clock& clock) : memory_(clock), stores_(memory_.stores()) {
        Agent agent;
        agent.id = owner_;
        agent.name = "tester";
        agent.scopes = {"owner"};
        EXPECT_TRUE(stores_.agents.create(agent, actor()).ok());
    }

    store::Actor actor() const { return {owner_, "tester", "", ""}; }

    // A task far in the future whose pipeline is `steps` (a JSON array).
    Task add_task(const std::string& steps, int max_retries = 0) {
        Task task;
        task.id = new_id();
        task.title = "test";
        task.owner = owner_;
        task.schedule_expr = "2999-01-01T00:00:00Z";
        task.payload_json = R"({"params":{"n":7},"pipeline":)" + steps + "}";
        task.max_retries = max_retries;
        task.backoff = Backoff::kFixed;
        task.next_run_at = *parse_time("2999-01-01T00:00:00Z");
        const auto created = stores_.tasks.create(task, task.id, actor());
        EXPECT_TRUE(created.ok());
        return created->task;
    }

    Id enqueue(const Task& task) {
        store::EnqueueRun request;
        request.task_id = task.id;
        const auto run = stores_.queue.enqueue(request, {}, actor());
        EXPECT_TRUE(run.ok());
        return run->id;
    }

    const Id owner_ = new_id();
    store::memory::MemoryStores memory_;
    store::Stores stores_;
};

}  // namespace ordinaut::runner
