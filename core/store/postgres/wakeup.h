// Wakeup over LISTEN: one connection and one thread, which waits on the connection's socket.
//
// While no connection can be had, and behind a transaction pooler where LISTEN does not work, every
// channel fires once a second: slower, never silent.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "store/postgres/connection_pool.h"
#include "store/wakeup.h"

namespace ordinaut::store::postgres {

class PgWakeup final : public Wakeup {
public:
    explicit PgWakeup(ConnectionOptions options);  // Starts the thread.
    ~PgWakeup() override;                          // Stops it. Tokens may outlive this object.

    std::shared_ptr<void> listen(Channel channel, Listener listener) override;

private:
    struct Registry;  // Shared with the tokens.

    void work();
    void follow(pqxx::connection& link);  // Until stopped; throws when the connection breaks.
    bool wait(int socket,
              std::chrono::milliseconds timeout);  // False: stopped. `socket` < 0: only waits.
    void fire_all();

    const ConnectionOptions options_;
    const std::shared_ptr<Registry> registry_;
    const int stop_event_;  // An eventfd.
    std::thread thread_;
};

}  // namespace ordinaut::store::postgres
