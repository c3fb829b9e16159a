// The data directory: what is in it, who owns which part, and the lock that admits one host at a
// time.
//
//   ordinaut.lock   held by the host; contains its process id
//   postgres.lock   held by PostgreSQL's processes      redis.lock   by Redis' processes
//   postgres/       the database cluster                redis/       the append-only file
//   sockets/        unix sockets, unless the path is too long or too odd for them
//   log/            postgres.log and redis.log, bounded
#pragma once
#include <string>

#include "base/result.h"
#include "embedded/account.h"

namespace ordinaut::embedded {

class DataDir {
public:
    // Makes `path` (made absolute) when it is missing, and takes its lock. kUnavailable, in one
    // sentence: another host runs on it (with its process id), it cannot be made or written,
    // `account` cannot reach it.
    static Result<DataDir> open(const std::string& path);

    DataDir(DataDir&& other) noexcept;
    DataDir& operator=(DataDir&&) = delete;
    ~DataDir();  // Gives the lock back.

    const std::string& path() const { return path_; }
    const Account& account() const { return account_; }
    const std::string& sockets() const {
        return sockets_;
    }  // Absolute, short enough, private to the account.
    std::string postgres() const { return path_ + "/postgres"; }
    std::string redis() const { return path_ + "/redis"; }
    std::string log(const std::string& server) const { return path_ + "/log/" + server + ".log"; }
    std::string lock(const std::string& server) const { return path_ + "/" + server + ".lock"; }

private:
    DataDir() = default;
    Status take_lock();
    Status make_parts();
    Status choose_sockets();

    std::string path_;
    std::string sockets_;
    Account account_;
    int lock_fd_ = -1;
};

// A directory with `mode`, owned by `account`, made when missing. kUnavailable says what stands in
// the way.
Status make_owned_directory(const std::string& path, unsigned mode, const Account& account);

}  // namespace ordinaut::embedded
