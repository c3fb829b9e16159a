// A migrated PostgreSQL database of a test's own.
#pragma once
#include "store/postgres/database.h"
#include "tests/support/test_servers.h"

namespace ordinaut {

inline std::unique_ptr<store::postgres::Database> open_database(const std::string& url) {
    store::postgres::DatabaseOptions options;
    options.url = url;
    options.pool_size = 4;
    auto database = store::postgres::Database::open(options);
    if (!database.ok()) throw std::runtime_error(database.error().message);
    return std::move(*database);
}

inline std::string new_database_url() {
    return testing::TestServers::instance().copy_of("extensions", [](const std::string& url) {
        if (const auto migrated = open_database(url)->migrate(); !migrated.ok())
            throw std::runtime_error(migrated.error().message);
    });
}

}  // namespace ordinaut
