#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {
namespace {
constexpr int kAttempts = 4;

// Adds a connection parameter to a URI or key=value list that does not set it.
std::string with_parameter(std::string url, const std::string& key, const std::string& value) {
    if (url.find(key + "=") != std::string::npos) return url;
    const bool is_uri = url.find("://") != std::string::npos;
    if (!is_uri) return url + " " + key + "=" + value;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + key + "=" + value;
}

// Letters, digits, '-', '_' and '.': safe in both forms of connection strings.
std::string plain_name(std::string_view name) {
    std::string plain;
    for (const char c : name)
        plain += (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.')
                     ? c
                     : '-';
    return plain;
}
}  // namespace

std::unique_ptr<pqxx::connection> open_connection(const ConnectionOptions& options) {
    auto url = with_parameter(options.url, "connect_timeout", "5");
    // A server that is gone without a word is noticed within half a minute, not in hours.
    for (const auto& [name, value] :
         {std::pair{"keepalives_idle", "10"}, std::pair{"keepalives_interval", "5"},
          std::pair{"keepalives_count", "3"}, std::pair{"tcp_user_timeout", "25000"}})
        url = with_parameter(url, name, value);
    url = with_parameter(url, "application_name", plain_name(options.application_name));
    auto link = std::make_unique<pqxx::connection>(url);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    link->inhibit_reactivation(
        true);  // Deprecated because version 7 never reconnects; this version does.
#pragma GCC diagnostic pop
    if (options.pooled) return link;
    // Every hot statement has an index made for it, but a plan made while a table is empty would
    // scan it, and is kept after the table has grown. Without sequential scans the plan is right at
    // both times. The penalty the planner uses for that would trigger JIT compilation, which costs
    // far more than these statements.
    pqxx::nontransaction setup(*link);
    setup.exec(
        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET enable_seqscan = off; SET jit = off;"
        "SET idle_in_transaction_session_timeout = '60s';"
        "SET statement_timeout = " +
        std::to_string(options.statement_timeout.count()));
    return link;
}

std::optional<Connection> ConnectionPool::take_idle() {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_for(lock, options_.acquire_timeout,
                         [this] { return lent_ < options_.pool_size; }))
        return std::nullopt;
    ++lent_;
    if (idle_.empty()) return Connection{};
    Connection connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

void ConnectionPool::give_back(std::optional<Connection> connection) {
    std::vector<Connection> stale;  // Closed after the lock is released.
    {
        std::lock_guard lock(mutex_);
        --lent_;
        if (connection)
            idle_.push_back(std::move(*connection));
        else
            stale.swap(idle_);
    }
    freed_.notify_one();
}

class ConnectionPool::Loan {
public:
    explicit Loan(ConnectionPool& pool) : pool_(pool), connection_(pool.take_idle()) {}
    ~Loan() {
        if (!connection_) return;
        if (lost_ || !connection_->link)
            pool_.give_back(std::nullopt);
        else
            pool_.give_back(std::move(connection_));
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    Connection* get() { return connection_ ? &*connection_ : nullptr; }
    void lose() { lost_ = true; }

private:
    ConnectionPool& pool_;
    std::optional<Connection> connection_;
    bool lost_ = false;
};

std::optional<Fault> ConnectionPool::attempt_once(const std::function<bool(Transaction&)>& attempt,
                                                  bool transactional) {
    Loan loan(*this);
    Connection* connection = loan.get();
    if (!connection)
        return Fault{unavailable("all " + std::to_string(options_.pool_size) +
                                 " database connections are busy"),
                     false, false};
    const bool is_fresh = !connection->link;
    try {
        if (is_fresh) connection->link = open_connection(options_);
    } catch (...) {
        Fault fault = current_fault();
        fault.surely_rolled_back =
            false;  // A server that refuses connections will refuse the next one too.
        return fault;
    }
    try {
        if (transactional) {
            pqxx::work work(*connection->link);
            Transaction tx(work, *connection, queries_, !options_.pooled);
            if (!attempt(tx)) return std::nullopt;  // `work` rolls back.
            tx.finish();
            work.commit();
        } else {
            pqxx::nontransaction work(*connection->link);
            Transaction tx(work, *connection, queries_, !options_.pooled);
            attempt(tx);
        }
        return std::nullopt;
    } catch (...) {
        Fault fault = current_fault();
        if (fault.connection_lost || !connection->link->is_open()) loan.lose();
        return fault;
    }
}

std::optional<Error> ConnectionPool::attempt_some(const std::function<bool(Transaction&)>& attempt,
                                                  bool transactional) {
    for (int n = 1;; ++n) {
        auto fault = attempt_once(attempt, transactional);
        if (!fault) return std::nullopt;
        if (!fault->surely_rolled_back || n == kAttempts) return std::move(fault->error);
    }
}

}  // namespace ordinaut::store::postgres
