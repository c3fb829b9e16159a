// Brings the schema up to date: numbered, forward-only, checksummed migrations, one transaction
// each, one process at a time (advisory lock). The migrations are compiled in from sql/migrations.
#pragma once
#include "store/postgres/connection_pool.h"
#include "store/postgres/database.h"

namespace ordinaut::store::postgres {

class Migrator {
public:
    explicit Migrator(ConnectionPool& pool) : pool_(pool) {}

    // What apply would do; changes nothing. kConflict: the database is newer than this program, or
    // a migration that was applied has another text now.
    Result<MigrationReport> status();
    // Applies what is pending and makes the coming days' partitions; returns what was pending.
    // Errors as status; a migration that fails is rolled back whole and named.
    Result<MigrationReport> apply();

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
