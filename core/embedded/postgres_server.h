// The private PostgreSQL: one cluster, one superuser `ordinaut`, reachable over its unix socket
// alone.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "embedded/binaries.h"
#include "embedded/data_dir.h"
#include "embedded/server.h"

namespace ordinaut::embedded {

class PostgresServer final : public Server {
public:
    // Finds the programs: those that fit the cluster in `dir` if there is one. `durable` false
    // trades safety for speed.
    static Result<PostgresServer> find(const DataDir& dir, const std::string& root,
                                       const std::string& path, bool durable);

    const char* name() const override { return "postgres"; }
    const char* title() const override { return "PostgreSQL"; }
    Status prepare(const RunTool& run) override;
    std::vector<std::string> command() const override;
    bool ready(int pid) const override;
    int stop_signal() const override;

    // libpq's form: postgresql:///postgres?host=…&user=ordinaut
    std::string url() const;
    // The same, of the server that runs on a cluster; none: no server has its socket open there.
    static std::optional<std::string> running_url(const std::string& cluster);

private:
    PostgresServer() = default;
    Status make_cluster(const RunTool& run);

    PostgresBinaries binaries_;
    Account account_;
    std::string cluster_;
    std::string sockets_;
    bool durable_ = true;
};

}  // namespace ordinaut::embedded
