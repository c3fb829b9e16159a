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

Result<std::string> running_database_url(const std::string& data_dir) {
    auto url = PostgresServer::running_url(data_dir + "/postgres");
    if (!url)
        return unavailable("no Ordinaut runs on the data directory " + data_dir +
                           ": start `ordinaut up`, or name a database with DATABASE_URL");
    return *url;
}

}  // namespace ordinaut::embedded
