// Where the servers' programs are on this system.
#pragma once
#include <string>

#include "base/result.h"

namespace ordinaut::embedded {

inline constexpr int kPostgresMajorMin = 14;

struct PostgresBinaries {
    std::string postgres;
    std::string initdb;
};

// Looks in `<root>/<major>/bin` (Debian: root is /usr/lib/postgresql), the newest major first, then
// in the directories of `path` (colon-separated, symbolic links resolved). `postgres` and `initdb`
// always come from one directory. `major` not 0: only that major version will do, because a data
// directory already belongs to it. kUnavailable names the Debian package to install.
Result<PostgresBinaries> find_postgres(int major, const std::string& root, const std::string& path);

// `redis-server` in the directories of `path` or in /usr/bin. kUnavailable names the Debian
// package.
Result<std::string> find_redis(const std::string& path);

}  // namespace ordinaut::embedded
