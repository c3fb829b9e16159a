// The door to PostgreSQL: opens the pool and hands out the stores.
//
//   auto database = Database::open({.url = url});      // kUnavailable says why not
//   TRY(database->migrator().apply());
//   Stores stores = database->stores();
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "store/stores.h"

namespace ordinaut::store::postgres {

struct DatabaseOptions {
    std::string url = {};  // libpq URI ("postgresql://…") or key=value list.
    int pool_size = 10;
    std::string application_name = "ordinaut";
    // Behind a transaction-pooling proxy (PgBouncer): no prepared statements or session settings,
    // and polling once a second in place of LISTEN. Give the role `statement_timeout`, `jit = off`
    // and TimeZone there.
    bool pooled = false;
    std::chrono::milliseconds statement_timeout{30'000};
};

struct MigrationReport {
    int current = 0;                   // Version of the database before; 0 = empty.
    int newest = 0;                    // Version of this program.
    std::vector<std::string> pending;  // File names, in order.
};

// Thread-safe. Stores are used only while this object lives.
class Database {
public:
    // Connects once, to report an unreachable or refusing server (kUnavailable). Does not migrate.
    static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options);
    ~Database();

    // What migrate would do; changes nothing. kConflict: the database is newer than this program,
    // or a migration that was applied has another text now.
    Result<MigrationReport> migration_status();
    // Applies what is pending and makes the coming days' partitions; returns what was pending.
    // Errors as migration_status; a migration that fails is rolled back whole and named. One
    // process at a time works.
    Result<MigrationReport> migrate();

    Stores stores();

private:
    explicit Database(const DatabaseOptions& options);
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ordinaut::store::postgres
