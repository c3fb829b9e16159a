// The table of keys: the one place where a setting is declared.
#include <fmt/format.h>

#include "cli/config.h"

namespace ordinaut::cli {
namespace {

using C = ServerConfig;

// A table, kept in the form of one.
// clang-format off
std::vector<ConfigKey> declare_keys() {
    return {
        {.name = "data_dir", .member = &C::data_dir, .env = "ORDINAUT_DATA_DIR", .fallback = "",
         .doc = "Directory for the embedded servers, keys and credentials.json."},
        {.name = "host", .member = &C::host, .env = "ORDINAUT_HOST", .fallback = "127.0.0.1",
         .doc = "Address to listen on."},
        {.name = "port", .member = &C::port, .env = "ORDINAUT_PORT", .fallback = "8080",
         .doc = "Port to listen on; 0 picks a free one.", .min = 0, .max = 65535},
        {.name = "auth", .member = &C::auth, .env = "ORDINAUT_AUTH", .fallback = "on",
         .doc = "Whether requests need a token; off only on a loopback address."},
        {.name = "roles", .member = &C::roles, .env = "ORDINAUT_ROLES", .fallback = "api,scheduler,runner",
         .doc = "What this process does.", .choices = {"api", "scheduler", "runner"}},
        {.name = "database_url", .member = &C::database_url, .env = "DATABASE_URL", .fallback = "",
         .doc = "PostgreSQL to use; without it `up` runs its own.", .form = TextForm::kPostgresUrl},
        {.name = "redis_url", .member = &C::redis_url, .env = "REDIS_URL", .fallback = "",
         .doc = "Redis to use; without it `up` runs its own.", .form = TextForm::kRedisUrl},
        {.name = "db_pool_size", .member = &C::db_pool_size, .env = "ORDINAUT_DB_POOL_SIZE", .fallback = "8",
         .doc = "Database connections of this process.", .min = 2, .max = 1000},
        {.name = "ext_paths", .member = &C::ext_paths, .env = "ORDINAUT_EXT_PATHS", .fallback = "",
         .doc = "Extension folders, or folders of them.", .separator = ':'},
        {.name = "ext_grants", .member = &C::ext_grants, .env = "ORDINAUT_EXT_GRANTS", .fallback = "",
         .doc = "Capabilities given to extensions, {\"id\": [\"TOOLS\"]}.", .form = TextForm::kJsonObject},
        {.name = "ext_eager", .member = &C::ext_eager, .env = "ORDINAUT_EXT_EAGER", .fallback = "",
         .doc = "Extensions to load at the start instead of at first use; \"*\" means all."},
        {.name = "ext_policy", .member = &C::ext_policy, .env = "ORDINAUT_EXT_POLICY", .fallback = "manifest",
         .doc = "Grants without an entry in ext_grants: what the manifest asks for, or nothing.",
         .choices = {"manifest", "explicit"}},
        {.name = "require_scopes", .member = &C::require_scopes, .env = "ORDINAUT_REQUIRE_SCOPES", .fallback = "on",
         .doc = "Whether extensions' routes and tools need ext:<id>:… scopes (`up`: off)."},
        {.name = "jwt_secret_key", .member = &C::jwt_secret_key, .env = "JWT_SECRET_KEY", .fallback = "",
         .doc = "Key that signs access tokens; without it one is kept in the database.", .secret = true,
         .form = TextForm::kKey},
        {.name = "secret_key", .member = &C::secret_key, .env = "ORDINAUT_SECRET_KEY", .fallback = "",
         .doc = "Key that encrypts stored secrets; without it one is kept in the data directory.", .secret = true,
         .form = TextForm::kBase64Key},
        {.name = "default_timezone", .member = &C::default_timezone, .env = "ORDINAUT_DEFAULT_TIMEZONE",
         .fallback = "UTC", .doc = "Zone of tasks that name none.", .form = TextForm::kZone},
        {.name = "min_interval_seconds", .member = &C::min_interval_seconds, .env = "ORDINAUT_MIN_INTERVAL_SECONDS",
         .fallback = "1", .doc = "Shortest time between two occurrences of a schedule.", .min = 1, .max = 86400},
        {.name = "runner_slots", .member = &C::runner_slots, .env = "ORDINAUT_RUNNER_SLOTS", .fallback = "1000",
         .doc = "Runs in progress at once in this process.", .min = 1, .max = 100000},
        {.name = "runner_batch", .member = &C::runner_batch, .env = "ORDINAUT_RUNNER_BATCH", .fallback = "100",
         .doc = "Runs claimed in one transaction.", .min = 1, .max = 1000},
        {.name = "executor_threads", .member = &C::executor_threads, .env = "ORDINAUT_EXECUTOR_THREADS",
         .fallback = "4", .doc = "Threads that carry out steps.", .min = 1, .max = 256},
        {.name = "work_threads", .member = &C::work_threads, .env = "ORDINAUT_WORK_THREADS", .fallback = "8",
         .doc = "Threads that answer requests.", .min = 1, .max = 256},
        {.name = "lease_seconds", .member = &C::lease_seconds, .env = "ORDINAUT_LEASE_SECONDS", .fallback = "30",
         .doc = "How long a claimed run stays with a worker that is not heard of.", .min = 6, .max = 3600},
        {.name = "drain_seconds", .member = &C::drain_seconds, .env = "ORDINAUT_DRAIN_SECONDS", .fallback = "30",
         .doc = "How long a stop waits for running work.", .min = 0, .max = 3600},
        {.name = "body_limit_bytes", .member = &C::body_limit_bytes, .env = "ORDINAUT_BODY_LIMIT_BYTES",
         .fallback = "1048576", .doc = "Largest accepted request body.", .min = 1024, .max = 33554432},
        {.name = "connections_max", .member = &C::connections_max, .env = "ORDINAUT_CONNECTIONS_MAX",
         .fallback = "10000", .doc = "Open HTTP connections at once.", .min = 10, .max = 1000000},
        {.name = "stream_heartbeat_seconds", .member = &C::stream_heartbeat_seconds,
         .env = "ORDINAUT_STREAM_HEARTBEAT_SECONDS", .fallback = "15",
         .doc = "How often an open stream shows that it lives.", .min = 1, .max = 60},
        {.name = "retention_days", .member = &C::retention_days, .env = "ORDINAUT_RETENTION_DAYS", .fallback = "90",
         .doc = "How long finished runs and their logs are kept.", .min = 1, .max = 36500},
        {.name = "log_level", .member = &C::log_level, .env = "ORDINAUT_LOG_LEVEL", .fallback = "info",
         .doc = "Least severe lines to log.", .choices = {"debug", "info", "warn", "error"}},
        {.name = "log_format", .member = &C::log_format, .env = "ORDINAUT_LOG_FORMAT", .fallback = "auto",
         .doc = "Form of log lines; auto is text on a terminal, else json.", .choices = {"auto", "text", "json"}},
    };
}

// clang-format on

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (size_t i = 0; i < words.size(); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
    return text;
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
    static const std::vector<ConfigKey> keys = declare_keys();
    return keys;
}

std::string flag_of(const ConfigKey& key) {
    std::string flag = "--" + std::string(key.name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

std::string type_text(const ConfigKey& key) {
    if (std::holds_alternative<bool C::*>(key.member)) return "on or off";
    if (std::holds_alternative<int64_t C::*>(key.member))
        return fmt::format("a whole number from {} to {}", key.min, key.max);
    if (std::holds_alternative<std::vector<std::string> C::*>(key.member))
        return fmt::format("a list separated by '{}'{}", key.separator,
                           key.choices.empty() ? "" : " of " + joined(key.choices));
    if (!key.choices.empty()) return joined(key.choices);
    switch (key.form) {
        case TextForm::kPlain: return "text";
        case TextForm::kPostgresUrl: return "postgresql://user@host:port/database";
        case TextForm::kRedisUrl: return "redis://host:port or unix:///path/of/socket";
        case TextForm::kJsonObject: return "a JSON object";
        case TextForm::kKey: return "at least 32 characters";
        case TextForm::kBase64Key:
            return "32 random bytes in base64 (44 characters), as `openssl rand -base64 32` gives";
        case TextForm::kZone: return "an IANA zone such as Europe/Chisinau";
    }
    return "text";
}

bool ServerConfig::has_role(std::string_view role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

}  // namespace ordinaut::cli
