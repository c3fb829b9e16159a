// One private PostgreSQL and one Redis per test executable, started at first use and stopped at
// exit.
//
//   const std::string url = TestServers::instance().new_database();                    // empty
//   const std::string url = TestServers::instance().copy_of("migrated", migrate);      // prepared
//   once, then copied
#pragma once
#include <functional>
#include <memory>
#include <string>

namespace ordinaut::testing {

// Thread-safe. Aborts the test program, with the reason, when a server cannot be started.
class TestServers {
public:
    static TestServers& instance();

    // URLs of a new database in libpq's form. Cheap (tens of milliseconds); they go with the
    // servers.
    std::string new_database();
    // A copy of the database `name`, which `prepare` fills (with its URL) at the first call and no
    // later one. `prepare` must close its connections: PostgreSQL copies only what nobody uses.
    std::string copy_of(const std::string& name,
                        const std::function<void(const std::string& url)>& prepare);

    // unix://<socket path>. One Redis for the executable: use keys of your own, or clear_redis()
    // between tests.
    const std::string& redis_url() const;
    void clear_redis();

    // Ends the server processes as a crash would (kill -9); they start again by themselves. Returns
    // at once.
    void crash_postgres();
    void crash_redis();

    ~TestServers();
    TestServers(const TestServers&) = delete;
    TestServers& operator=(const TestServers&) = delete;

private:
    TestServers();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ordinaut::testing
