#include "embedded/embedded_servers.h"

#include <unistd.h>

#include <cstdlib>

#include "embedded/keeper.h"
#include "embedded/postgres_server.h"
#include "embedded/redis_server.h"

namespace ordinaut::embedded {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

Result<std::unique_ptr<EmbeddedServers>> EmbeddedServers::start(EmbeddedOptions options) {
    auto dir = TRY(DataDir::open(options.data_dir));
    const std::string path =
        options.search_path.empty() ? environment("PATH") : options.search_path;
    auto postgres = std::make_unique<PostgresServer>(
        TRY(PostgresServer::find(dir, options.postgres_root, path, options.durable)));
    auto redis = std::make_unique<RedisServer>(TRY(RedisServer::find(dir, path, options.durable)));

    std::unique_ptr<EmbeddedServers> servers(new EmbeddedServers);
    servers->database_url_ = postgres->url();
    servers->redis_url_ = redis->url();
    std::vector<std::unique_ptr<Server>> both;
    both.push_back(std::move(postgres));
    both.push_back(std::move(redis));
    servers->keeper_ =
        std::make_unique<Keeper>(std::move(dir), std::move(both), std::move(options.on_change));
    TRY(servers->keeper_->start());
    return servers;
}

EmbeddedServers::~EmbeddedServers() { stop(); }

void EmbeddedServers::stop() { keeper_.reset(); }

Result<std::string> default_data_dir() {
    if (geteuid() == 0) return std::string("/var/lib/ordinaut");
    // XDG: a relative value is to be ignored.
    if (const std::string data = environment("XDG_DATA_HOME"); !data.empty() && data.front() == '/')
        return data + "/ordinaut";
    if (const std::string home = environment("HOME"); !home.empty() && home.front() == '/')
        return home + "/.local/share/ordinaut";
    return unavailable(
        "there is no home directory for the data: set HOME, or name one with --data-dir");
}

}  // namespace ordinaut::embedded
