// Statements of one transaction (or, for reads, of one connection in autocommit).
#pragma once
#include <pqxx/pqxx>
#include <set>

#include "store/actor.h"
#include "store/event_store.h"
#include "store/postgres/params.h"
#include "store/postgres/queries.h"
#include "store/postgres/row.h"
#include "store/wakeup.h"

namespace ordinaut::store::postgres {

// One server connection and which statements it has prepared.
struct Connection {
    std::unique_ptr<pqxx::connection> link;
    std::set<std::string, std::less<>> prepared;
};

// Used by one thread, inside ConnectionPool::transact or read. Methods throw libpqxx's exceptions,
// which those translate.
class Transaction {
public:
    Transaction(pqxx::transaction_base& work, Connection& connection, const Queries& queries,
                bool prepare);

    // The named statement, prepared once per connection with a plan for all parameters.
    pqxx::result run(std::string_view query, const Params& params = {});
    // Planned for these very parameters: for listings, whose null filters then vanish. Each
    // `substitution` replaces {first} by second in the text; it never comes from a caller of the
    // store.
    pqxx::result run_planned(
        std::string_view query, const Params& params,
        const std::vector<std::pair<std::string, std::string>>& substitutions = {});
    void run_script(const std::string& sql);  // Several statements without parameters.

    // Wakes the listeners of `channel` if and when this commits; once, however often it is asked
    // for.
    void notify(Channel channel) { notified_.insert(channel); }
    // The host says so if and when this commits, through the outbox. Beyond the end of its chain
    // it is left out.
    void tell(HostEvent event);
    void finish();  // Writes the outbox, sends notifications. By ConnectionPool, before the commit.

private:
    pqxx::transaction_base& work_;
    Connection& connection_;
    const Queries& queries_;
    const bool prepare_;
    std::set<Channel> notified_;
    std::vector<HostEvent> told_;
};

std::string channel_name(Channel channel);

// Appends the audit row of a change made in this transaction. `details_json` is an object; empty =
// {}.
void append_audit(Transaction& tx, std::string_view action, std::string_view subject,
                  std::string_view details_json, const Actor& actor);

// How an actor is named in the state history: the agent's id, else its name.
std::string actor_label(const Actor& actor);

// The single row's first column and so on; CHECKs that there is a row.
template <class Read>
auto read_one(const pqxx::result& rows, Read read) {
    const pqxx::row line = rows.at(0);
    Row row(line);
    return read(row);
}

// One value per row.
template <class Read>
auto read_all(const pqxx::result& rows, Read read) {
    std::vector<decltype(read(std::declval<Row&>()))> values;
    values.reserve(rows.size());
    for (const auto& line : rows) {
        Row row(line);
        values.push_back(read(row));
    }
    return values;
}

}  // namespace ordinaut::store::postgres
