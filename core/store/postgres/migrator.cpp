#include "store/postgres/migrator.h"

#include <openssl/sha.h>

#include "base/log.h"
#include "sql_files.h"

namespace ordinaut::store::postgres {
namespace {
constexpr int kPartitionDaysAhead = 7;

struct Migration {
    int version = 0;
    std::string name;
    std::string_view sql;
    std::string checksum;
};

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::string hex;
    char pair[3];
    for (const unsigned char byte : digest) {
        std::snprintf(pair, sizeof pair, "%02x", byte);
        hex += pair;
    }
    return hex;
}

// By version; the file's name starts with it: "migrations/0001_core.sql".
std::vector<Migration> embedded_migrations() {
    constexpr std::string_view kFolder = "migrations/";
    std::vector<Migration> migrations;
    for (const auto& file : sql::embedded_files()) {
        if (file.path.substr(0, kFolder.size()) != kFolder) continue;
        Migration migration;
        migration.name = file.path.substr(kFolder.size());
        migration.version = std::atoi(migration.name.c_str());
        migration.sql = file.text;
        migration.checksum = sha256_hex(file.text);
        migrations.push_back(std::move(migration));
    }
    std::sort(migrations.begin(), migrations.end(),
              [](const auto& a, const auto& b) { return a.version < b.version; });
    return migrations;
}

struct Applied {
    int version = 0;
    std::string name, checksum;
};

Result<MigrationReport> compare(Transaction& tx, const std::vector<Migration>& known) {
    std::vector<Applied> applied;
    const bool exists = read_one(tx.run_planned("has_schema_migration", {}),
                                 [](Row& row) { return row.boolean(); });
    if (exists)
        applied = read_all(tx.run_planned("applied_migrations", {}), [](Row& row) {
            Applied entry;
            entry.version = row.integer();
            entry.name = row.text();
            entry.checksum = row.text();
            return entry;
        });
    MigrationReport status;
    status.newest = known.empty() ? 0 : known.back().version;
    status.current = applied.empty() ? 0 : applied.back().version;
    if (status.current > status.newest)
        return conflict("the database is at schema version " + std::to_string(status.current) +
                        ", newer than this program's " + std::to_string(status.newest) +
                        ": use a newer ordinaut");
    for (const Migration& migration : known) {
        const auto done = std::find_if(applied.begin(), applied.end(), [&](const auto& a) {
            return a.version == migration.version;
        });
        if (done == applied.end())
            status.pending.push_back(migration.name);
        else if (done->checksum != migration.checksum)
            return conflict("migration " + migration.name +
                            " was applied with another text; applied migrations must never change");
    }
    return status;
}

// Applies the first pending migration, if any.
Result<MigrationReport> apply_next(ConnectionPool& pool, const std::vector<Migration>& known) {
    std::string running;
    auto result = pool.transact([&](Transaction& tx) -> Result<MigrationReport> {
        tx.run_script("SET LOCAL statement_timeout = 0");
        tx.run_planned("lock_migrations", {});
        tx.run_planned("make_schema_migration", {});
        MigrationReport status = TRY(compare(tx, known));
        if (status.pending.empty()) return status;
        const auto next = std::find_if(known.begin(), known.end(), [&](const auto& m) {
            return m.name == status.pending.front();
        });
        running = next->name;
        tx.run_script(std::string(next->sql));
        tx.run_planned("record_migration",
                       Params().number(next->version).text(next->name).text(next->checksum));
        return status;
    });
    if (!result && !running.empty()) {
        Error error = result.error();
        error.message = "migration " + running + " failed: " + error.message;
        return error;
    }
    return result;
}

}  // namespace

Result<MigrationReport> Migrator::status() {
    return pool_.read([&](Transaction& tx) { return compare(tx, embedded_migrations()); });
}

Result<MigrationReport> Migrator::apply() {
    const auto known = embedded_migrations();
    const MigrationReport before = TRY(apply_next(pool_, known));
    for (MigrationReport left = before; !left.pending.empty();) {
        log_info("store.migrated", {{"migration", left.pending.front()}});
        left = TRY(apply_next(pool_, known));
    }
    TRY(pool_.transact([&](Transaction& tx) -> Status {
        tx.run_planned("lock_migrations", {});
        tx.run_planned("make_partitions", Params().number(kPartitionDaysAhead));
        return ok();
    }));
    return before;
}

}  // namespace ordinaut::store::postgres
