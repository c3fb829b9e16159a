// A bounded set of connections, and the two ways to use one: transact and read.
//
// A connection that broke is discarded together with the idle ones (a server restart breaks all of
// them); none ever reconnects behind our back, which would lose its session state.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>

#include "store/postgres/faults.h"
#include "store/postgres/transaction.h"

namespace ordinaut::store::postgres {

struct ConnectionOptions {
    std::string url;  // libpq URI or key=value list.
    int pool_size = 10;
    std::string application_name = "ordinaut";
    bool pooled = false;  // Behind a transaction-pooling proxy: nothing is kept in the session.
    std::chrono::milliseconds statement_timeout{30'000};
    std::chrono::milliseconds acquire_timeout{10'000};
};

// A connection set up as all of ours are. Throws libpqxx's exceptions.
std::unique_ptr<pqxx::connection> open_connection(const ConnectionOptions& options);

// Thread-safe.
class ConnectionPool {
public:
    ConnectionPool(ConnectionOptions options, const Queries& queries)
        : options_(std::move(options)), queries_(queries) {}

    // Runs `work(Transaction&) -> Result<T>` in one transaction and commits when it returns a
    // value; an error rolls back. What surely did not happen (deadlock, serialization, lost
    // connection before the commit) is tried again a few times, so `work` must be free of other
    // effects. A commit that broke is kInDoubt and is not.
    template <class Work>
    auto transact(Work work) {
        return perform(std::move(work), true);
    }
    // The same for statements that only read; each sees its own snapshot, without BEGIN and COMMIT.
    template <class Work>
    auto read(Work work) {
        return perform(std::move(work), false);
    }

    const ConnectionOptions& options() const { return options_; }

private:
    // Borrows a connection for one attempt; gives it back, or discards it after a fault.
    class Loan;

    template <class Work>
    auto perform(Work work, bool transactional) {
        using Outcome = std::invoke_result_t<Work, Transaction&>;
        std::optional<Outcome> outcome;
        const auto error = attempt_some(
            [&](Transaction& tx) {
                outcome.emplace(work(tx));
                return outcome->ok();
            },
            transactional);
        if (error) return Outcome(*error);
        return std::move(*outcome);
    }

    // `attempt` returns whether to commit. The last fault, when all attempts had one.
    std::optional<Error> attempt_some(const std::function<bool(Transaction&)>& attempt,
                                      bool transactional);
    std::optional<Fault> attempt_once(const std::function<bool(Transaction&)>& attempt,
                                      bool transactional);
    std::optional<Connection> take_idle();  // Waits for a free place; kUnavailable is a nullopt.
    void give_back(std::optional<Connection> connection);  // None: it was lost.

    const ConnectionOptions options_;
    const Queries& queries_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<Connection> idle_;
    int lent_ = 0;
};

}  // namespace ordinaut::store::postgres
