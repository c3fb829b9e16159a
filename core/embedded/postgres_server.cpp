#include "embedded/postgres_server.h"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace ordinaut::embedded {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long long kNewClusterBytesMin =
    150ULL << 20;  // A fresh cluster is 40 MiB, its log grows from 16.

// How long a killed server may take to be gone altogether.
constexpr int kTriesForDying = 100;
constexpr std::chrono::milliseconds kPauseForDying{50};

// 0 when there is no cluster.
int cluster_major(const std::string& cluster) {
    std::ifstream file(cluster + "/PG_VERSION");
    int major = 0;
    file >> major;
    return major;
}

std::string percent_encoded(const std::string& text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::strchr("/-_.~", c) != nullptr)
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", byte);
    }
    return encoded;
}

// True when `pid` may be a postgres that someone else runs on `cluster`. A zombie is not one,
// though its number lives on.
bool may_run_on(long pid, const std::string& cluster) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string stat;
    std::getline(file, stat);
    const size_t name_end = stat.rfind(") ");
    if (name_end == std::string::npos || stat.find("(postgres)") == std::string::npos) return false;
    if (const char state = stat[name_end + 2]; state == 'Z' || state == 'X') return false;
    std::error_code unknown;
    const fs::path directory = fs::read_symlink(fmt::format("/proc/{}/cwd", pid), unknown);
    return unknown || directory == cluster;
}

// A process id left in postmaster.pid may belong to anything by now, and PostgreSQL would believe
// it. The lock tells that no server of ours lives, though a killed one may still be on its way out;
// only one started by hand keeps the file, and PostgreSQL will explain.
void remove_stale_pid_file(const std::string& cluster) {
    const std::string path = cluster + "/postmaster.pid";
    std::ifstream file(path);
    long pid = 0;
    if (!(file >> pid)) return;
    for (int tries = 0; may_run_on(pid, cluster); ++tries) {
        if (tries == kTriesForDying) return;
        std::this_thread::sleep_for(kPauseForDying);
    }
    std::error_code ignored;
    fs::remove(path, ignored);
}

std::string url_of(const std::string& sockets) {
    return "postgresql:///postgres?host=" + percent_encoded(sockets) + "&user=ordinaut";
}

// What postmaster.pid says: its lines 1, 5 and 8. Empty where there is none.
struct PidFile {
    std::string pid, sockets, state;
};

PidFile read_pid_file(const std::string& cluster) {
    std::ifstream file(cluster + "/postmaster.pid");
    std::string lines[8];
    for (std::string& line : lines)
        if (!std::getline(file, line)) break;
    return {lines[0], lines[4], lines[7]};
}

}  // namespace

Result<PostgresServer> PostgresServer::find(const DataDir& dir, const std::string& root,
                                            const std::string& path, bool durable) {
    PostgresServer server;
    server.cluster_ = dir.postgres();
    server.account_ = dir.account();
    server.sockets_ = dir.sockets();
    server.durable_ = durable;
    server.binaries_ = TRY(find_postgres(cluster_major(server.cluster_), root, path));
    return server;
}

Status PostgresServer::prepare(const RunTool& run) {
    std::error_code error;
    if (cluster_major(cluster_) == 0) {
        if (fs::exists(cluster_, error) && !fs::is_directory(cluster_, error))
            return unavailable(fmt::format("{} is in the way: it must be a directory", cluster_));
        if (fs::exists(cluster_, error) && !fs::is_empty(cluster_, error)) {
            return unavailable(fmt::format(
                "{} is not a PostgreSQL cluster (no PG_VERSION) and not empty: move it away",
                cluster_));
        }
        TRY(make_cluster(run));
    }
    remove_stale_pid_file(cluster_);
    fs::remove(sockets_ + "/.s.PGSQL.5432", error);
    fs::remove(sockets_ + "/.s.PGSQL.5432.lock", error);
    return ok();
}

// Made under another name and renamed when complete: a start that was killed half-way never leaves
// half a cluster.
Status PostgresServer::make_cluster(const RunTool& run) {
    const std::string fresh = cluster_ + ".new";
    std::error_code error;
    fs::remove_all(fresh, error);
    struct statvfs space {};
    if (statvfs(fs::path(cluster_).parent_path().c_str(), &space) == 0) {
        const unsigned long long free =
            static_cast<unsigned long long>(space.f_bavail) * space.f_frsize;
        if (free < kNewClusterBytesMin) {
            return unavailable(fmt::format(
                "the disk of {} has only {} MiB free; a new database needs {} MiB",
                fs::path(cluster_).parent_path().native(), free >> 20, kNewClusterBytesMin >> 20));
        }
    }
    TRY(make_owned_directory(fresh, 0700, account_));
    std::vector<std::string> argv = {
        binaries_.initdb,   "--pgdata=" + fresh,  "--username=ordinaut", "--encoding=UTF8",
        "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=reject",  "--data-checksums"};
    if (!durable_) argv.emplace_back("--no-sync");
    if (auto made = run(std::move(argv)); !made.ok()) {
        fs::remove_all(fresh, error);
        return std::move(made.error());
    }
    fs::remove(cluster_, error);  // An empty directory, if anything.
    fs::rename(fresh, cluster_, error);
    if (error)
        return unavailable(
            fmt::format("cannot rename {} to {}: {}", fresh, cluster_, error.message()));
    return ok();
}

std::vector<std::string> PostgresServer::command() const {
    std::vector<std::string> argv = {binaries_.postgres, "-D", cluster_};
    const auto set = [&argv](std::string setting) {
        argv.emplace_back("-c");
        argv.push_back(std::move(setting));
    };
    set("listen_addresses=");
    set("unix_socket_directories=\"" + sockets_ + "\"");
    set("unix_socket_permissions=0700");
    set("port=5432");
    set("max_connections=100");
    set("shared_buffers=128MB");
    // Without it large parallel queries need /dev/shm, which containers keep small.
    set("dynamic_shared_memory_type=mmap");
    set("max_wal_size=1GB");
    set("wal_compression=on");
    set("jit=off");
    set("timezone=UTC");
    set("log_timezone=UTC");
    set("logging_collector=off");
    set("log_destination=stderr");
    set("log_checkpoints=off");
    set("log_line_prefix=%m [%p] ");
    if (!durable_) {
        set("fsync=off");
        set("full_page_writes=off");
        set("synchronous_commit=off");
    }
    return argv;
}

bool PostgresServer::ready(int pid) const {
    const PidFile file = read_pid_file(cluster_);
    return file.pid == std::to_string(pid) && file.state.starts_with("ready");
}

int PostgresServer::stop_signal() const { return SIGINT; }

std::string PostgresServer::url() const { return url_of(sockets_); }

std::optional<std::string> PostgresServer::running_url(const std::string& cluster) {
    const PidFile file = read_pid_file(cluster);
    // A killed server leaves the file behind.
    std::error_code ignored;
    if (file.pid.empty() || !fs::exists("/proc/" + file.pid, ignored)) return std::nullopt;
    return url_of(file.sockets);
}

}  // namespace ordinaut::embedded
