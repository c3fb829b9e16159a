// The private PostgreSQL and Redis of `ordinaut up`.
//
// Both are children of this process over unix sockets, in one data directory, as an unprivileged
// user when this process is root. They are in sessions of their own: Ctrl-C and signals to our
// process group reach this process alone, which drains first and then calls stop(). When this
// process dies without stop(), the kernel tells them to shut down; the next start waits for them
// and recovers.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut::embedded {

class Keeper;

struct EmbeddedOptions {
    std::string data_dir;  // Made when missing.

    // Called from a thread of ours when a server ended by itself (`what` says how) and when it runs
    // again (`what` is empty). `server` is "PostgreSQL" or "Redis". It must not call back into
    // EmbeddedServers.
    std::function<void(std::string_view server, std::string_view what)> on_change = {};

    bool durable = true;  // False: no fsync anywhere. For tests, whose data nobody misses.

    // Where the programs are looked for; "" means $PATH.
    std::string postgres_root = "/usr/lib/postgresql";
    std::string search_path = {};
};

class EmbeddedServers {
public:
    // Returns when both accept commands: well under two seconds for an existing data directory that
    // was shut down in order. kUnavailable with one clear sentence: a program is missing (and which
    // package has it), another Ordinaut runs on the directory (and its process id), the disk is
    // full or read-only, a server's own last words. Then nothing runs.
    static Result<std::unique_ptr<EmbeddedServers>> start(EmbeddedOptions options);

    ~EmbeddedServers();  // stop()
    EmbeddedServers(const EmbeddedServers&) = delete;
    EmbeddedServers& operator=(const EmbeddedServers&) = delete;

    // libpq's form: postgresql:///postgres?host=<socket directory>&user=ordinaut. The user may
    // create databases.
    const std::string& database_url() const { return database_url_; }
    // unix://<absolute path of the socket>
    const std::string& redis_url() const { return redis_url_; }

    // Ends PostgreSQL (its clients are cut off, nothing committed is lost), then Redis. Idempotent;
    // call it from one thread.
    void stop();

private:
    EmbeddedServers() = default;

    std::unique_ptr<Keeper> keeper_;
    std::string database_url_;
    std::string redis_url_;
};

// The database_url of the host that runs on `data_dir` now. kUnavailable: none does.
Result<std::string> running_database_url(const std::string& data_dir);

}  // namespace ordinaut::embedded
