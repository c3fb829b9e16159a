// The server's configuration: one table of keys, four places a value may come from.
//
// Flags > environment > ordinaut.toml > defaults. Every key is declared once, in config_keys();
// from the declaration come the flag (--data-dir), the variable (ORDINAUT_DATA_DIR), the name in
// the file (data_dir), the checks and the documentation. Nothing is ignored: unknown names in the
// file and unknown ORDINAUT_* variables are errors.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace ordinaut::cli {

// What main.cpp builds the server from. Every member is one key of the table; see there for its
// meaning.
struct ServerConfig {
    std::string data_dir;
    std::string host;
    int64_t port = 0;
    bool auth = true;
    std::vector<std::string> roles;
    std::string database_url;  // Empty = `up` runs its own.
    std::string redis_url;     // Empty = `up` runs its own.
    int64_t db_pool_size = 0;

    std::vector<std::string> ext_paths;
    std::string ext_grants;  // A JSON object: extension id → array of capabilities.
    std::vector<std::string> ext_eager;
    std::string ext_policy;  // "manifest" or "explicit".
    std::map<std::string, std::string>
        extensions;  // Extension id → its configuration, a JSON object.

    bool require_scopes = true;
    std::string jwt_secret_key;  // Empty = the one kept in the database.
    std::string secret_key;      // Empty = a key file in the data directory.

    std::string default_timezone;
    int64_t min_interval_seconds = 0;
    int64_t runner_slots = 0;
    int64_t runner_batch = 0;
    int64_t executor_threads = 0;
    int64_t work_threads = 0;
    int64_t lease_seconds = 0;
    int64_t drain_seconds = 0;
    int64_t body_limit_bytes = 0;
    int64_t connections_max = 0;
    int64_t stream_heartbeat_seconds = 0;
    int64_t retention_days = 0;
    std::string log_level;   // debug, info, warn or error.
    std::string log_format;  // auto (text on a terminal), text or json.

    bool has_role(std::string_view role) const;
};

using ConfigMember = std::variant<std::string ServerConfig::*, int64_t ServerConfig::*,
                                  bool ServerConfig::*, std::vector<std::string> ServerConfig::*>;

enum class TextForm { kPlain, kPostgresUrl, kRedisUrl, kJsonObject, kKey, kBase64Key, kZone };

struct ConfigKey {
    std::string_view name;  // In ordinaut.toml; the flag is the same with '-' for '_'.
    ConfigMember member;    // Where the value goes; its type is the key's type.
    std::string_view env;
    std::string_view fallback;  // The default, as one would write it in the environment.
    std::string_view doc;       // One sentence.
    bool secret = false;  // Masked when shown, and no flag: arguments are visible to every process.
    int64_t min = 0;      // Integers only.
    int64_t max = 0;
    std::vector<std::string_view> choices =
        {};  // Text: one of these; lists: each one of these. Empty = free.
    TextForm form = TextForm::kPlain;
    char separator = ',';  // Lists only: between the items in flags and environment.
};

// In the order of the documentation.
const std::vector<ConfigKey>& config_keys();
std::string flag_of(const ConfigKey& key);  // "--data-dir"
std::string type_text(
    const ConfigKey& key);  // "1 to 65535", "on or off", …: what is right, for help and errors.

struct ConfigInputs {
    std::map<std::string, std::string> flags;           // By key name, as given.
    std::map<std::string, std::string> environment;     // The whole environment.
    std::map<std::string, std::string> fallbacks = {};  // A command's own defaults, by key name.
    std::string config_file = {};  // --config; empty = the first that exists of config_places().
};

// ./ordinaut.toml, /etc/ordinaut/ordinaut.toml, <data_dir>/ordinaut.toml
std::vector<std::string> config_places(const std::string& data_dir);

// Root: /var/lib/ordinaut. A user: $XDG_DATA_HOME/ordinaut, or ~/.local/share/ordinaut. Empty when
// none can be told.
std::string default_data_dir(const std::map<std::string, std::string>& environment);

struct Setting {
    const ConfigKey* key = nullptr;
    std::string text;
    std::string source;  // "flag --port", "environment ORDINAUT_PORT",
                         // "/etc/ordinaut/ordinaut.toml:3" or "default".
};

struct ResolvedConfig {
    ServerConfig config;
    std::vector<Setting> settings;  // One for each key, in the table's order.
    std::string file;               // The file that was read; empty = none.
};

// kInvalid lists every fault at once: `pointer` is the key, the message says where the value came
// from and what is right.
Result<ResolvedConfig> resolve_config(const ConfigInputs& inputs);

// What --print-config shows: every key with its value and source, secrets masked.
std::string config_text(const ResolvedConfig& resolved);
std::string config_json(const ResolvedConfig& resolved);

// The whole environment of this process.
std::map<std::string, std::string> process_environment();

}  // namespace ordinaut::cli
