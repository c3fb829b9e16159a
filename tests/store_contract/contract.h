// The fixture of the contract tests: one case, both implementations of the stores.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/stores.h"
#include "tests/support/result_matchers.h"

namespace ordinaut::store {

using namespace std::chrono_literals;

// One empty database.
class Backend {
public:
    virtual ~Backend() = default;
    virtual Stores stores() = 0;
    virtual Stores other_process() = 0;  // Another process on the same data.
    // Time passes. (PostgreSQL's clock cannot be moved: its rows are moved into the past instead.
    // So a test compares times only with ones read after the last advance.)
    virtual void advance(std::chrono::microseconds by) = 0;
};

using MakeBackend = std::unique_ptr<Backend> (*)();
std::unique_ptr<Backend> make_memory_backend();
std::unique_ptr<Backend> make_postgres_backend();
std::unique_ptr<Backend>
make_pooled_backend();  // PostgreSQL as behind a transaction-pooling proxy.

struct BackendKind {
    const char* name;
    MakeBackend make;
};
inline void PrintTo(const BackendKind& kind, std::ostream* out) { *out << kind.name; }
inline auto all_backends() {
    return ::testing::Values(BackendKind{"memory", make_memory_backend},
                             BackendKind{"postgres", make_postgres_backend});
}
inline auto all_backends_and_pooled() {
    return ::testing::Values(BackendKind{"memory", make_memory_backend},
                             BackendKind{"postgres", make_postgres_backend},
                             BackendKind{"pooled", make_pooled_backend});
}
inline std::string backend_name(const ::testing::TestParamInfo<BackendKind>& info) {
    return info.param.name;
}

class Contract : public ::testing::TestWithParam<BackendKind> {
public:
    using Run = ordinaut::Run;  // Not the private ::testing::Test::Run.

protected:
    Contract();

    WallTime now() { return *stores_.system.now(); }
    // An unsaved task of `owner_`, active, without a next run.
    Task some_task(const std::string& title = "a task") const;
    Task add_task(const Task& task);
    Task add_task() { return add_task(some_task()); }
    Run add_run(const Task& task, std::optional<int> priority = {},
                std::optional<std::chrono::milliseconds> in = {});
    // The one claimable run, claimed.
    Lease claim_one(const std::string& worker = "worker-a");
    std::vector<Lease> claim(int limit = 100, const std::string& worker = "worker-a");
    CompleteOutcome finish(const Lease& lease, RunState state = RunState::kSucceeded,
                           bool count_failure = false, std::chrono::milliseconds retry_in = 0ms);
    Run run_of(const Id& run_id) { return stores_.runs.get(run_id, std::nullopt)->run; }
    // "ready running succeeded": where the run went, as its history says.
    std::string path_of(const Id& run_id);

    std::unique_ptr<Backend> backend_;
    Stores stores_;
    const Id owner_ = new_id();
    const Id stranger_ = new_id();
    const Actor actor_{owner_, "tester", "req-1", "trace-1"};
};

template <class T>
ErrorCode code_of(const Result<T>& result) {
    EXPECT_FALSE(result.ok());
    return result ? ErrorCode::kInternal : result.error().code;
}

}  // namespace ordinaut::store
