#include "store/postgres/database.h"

#include "store/postgres/agent_store.h"
#include "store/postgres/calendar_store.h"
#include "store/postgres/change_store.h"
#include "store/postgres/condition_store.h"
#include "store/postgres/event_store.h"
#include "store/postgres/extension_store.h"
#include "store/postgres/kv_store.h"
#include "store/postgres/lease_store.h"
#include "store/postgres/migrator.h"
#include "store/postgres/queue_store.h"
#include "store/postgres/run_store.h"
#include "store/postgres/schedule_store.h"
#include "store/postgres/secret_store.h"
#include "store/postgres/system_store.h"
#include "store/postgres/task_store.h"
#include "store/postgres/wakeup.h"

namespace ordinaut::store::postgres {
namespace {
ConnectionOptions connection_options(const DatabaseOptions& options) {
    ConnectionOptions connection;
    connection.url = options.url;
    connection.pool_size = options.pool_size;
    connection.application_name = options.application_name;
    connection.pooled = options.pooled;
    connection.statement_timeout = options.statement_timeout;
    return connection;
}
}  // namespace

struct Database::Parts {
    explicit Parts(const ConnectionOptions& options) : pool(options, queries) {}

    Queries queries;
    ConnectionPool pool;
    PgTaskStore tasks{pool};
    PgScheduleStore schedules{pool};
    PgQueueStore queue{pool};
    PgRunStore runs{pool};
    PgAgentStore agents{pool};
    PgSecretStore secrets{pool};
    PgCalendarStore calendars{pool};
    PgSystemStore system{pool};
    PgExtensionStore extensions{pool};
    PgKvStore kv{pool};
    PgLeaseStore leases{pool};
    PgConditionStore conditions{pool};
    PgChangeStore changes{pool};
    PgEventStore events{pool};
    std::unique_ptr<PgWakeup> wakeup;
};

Database::Database(const DatabaseOptions& options)
    : parts_(std::make_unique<Parts>(connection_options(options))) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& options) {
    std::unique_ptr<Database> database(new Database(options));
    TRY(database->parts_->system.ping());
    database->parts_->wakeup = std::make_unique<PgWakeup>(database->parts_->pool.options());
    return database;
}

Result<MigrationReport> Database::migration_status() { return Migrator(parts_->pool).status(); }
Result<MigrationReport> Database::migrate() { return Migrator(parts_->pool).apply(); }

Stores Database::stores() {
    return {parts_->tasks,      parts_->schedules, parts_->queue,     parts_->runs,
            parts_->agents,     parts_->secrets,   parts_->calendars, parts_->system,
            parts_->extensions, *parts_->wakeup,   parts_->kv,        parts_->leases,
            parts_->conditions, parts_->changes,   parts_->events};
}

}  // namespace ordinaut::store::postgres
