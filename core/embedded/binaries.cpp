#include "embedded/binaries.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

namespace ordinaut::embedded {
namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& file) {
    std::error_code ignored;
    return fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
}

std::optional<PostgresBinaries> both_in(const fs::path& directory) {
    if (!is_program(directory / "postgres") || !is_program(directory / "initdb"))
        return std::nullopt;
    return PostgresBinaries{directory / "postgres", directory / "initdb"};
}

std::vector<int> majors_in(const std::string& root) {
    std::vector<int> majors;
    std::error_code error;
    for (fs::directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename();
        int major = 0;
        const auto [rest, fault] = std::from_chars(name.data(), name.data() + name.size(), major);
        if (fault == std::errc() && rest == name.data() + name.size()) majors.push_back(major);
    }
    std::sort(majors.rbegin(), majors.rend());
    return majors;
}

std::vector<std::string> split_path(const std::string& path) {
    std::vector<std::string> directories;
    std::istringstream stream(path);
    for (std::string directory; std::getline(stream, directory, ':');)
        if (!directory.empty() && directory.front() == '/') directories.push_back(directory);
    return directories;
}

// The major version a directory's name tells, as in /usr/lib/postgresql/15/bin; 0 when it does not
// tell.
int major_of(const fs::path& directory) {
    for (const auto& step : directory) {
        const std::string& name = step.native();
        int major = 0;
        const auto [rest, fault] = std::from_chars(name.data(), name.data() + name.size(), major);
        if (fault == std::errc() && rest == name.data() + name.size()) return major;
    }
    return 0;
}

}  // namespace

Result<PostgresBinaries> find_postgres(int major, const std::string& root,
                                       const std::string& path) {
    for (const int found : majors_in(root)) {
        if (found < kPostgresMajorMin || (major != 0 && found != major)) continue;
        if (const auto binaries = both_in(fs::path(root) / std::to_string(found) / "bin"))
            return *binaries;
    }
    for (const auto& directory : split_path(path)) {
        // A link in PATH may lead into an installation whose other programs are not linked.
        std::error_code error;
        const fs::path real = fs::canonical(fs::path(directory) / "postgres", error).parent_path();
        const auto binaries = error ? std::nullopt : both_in(real);
        if (!binaries) continue;
        const int told = major_of(real);
        if (told != 0 && (told < kPostgresMajorMin || (major != 0 && told != major))) continue;
        return *binaries;
    }
    if (major != 0) {
        return unavailable(
            fmt::format("the data directory belongs to PostgreSQL {0}, which is not installed: "
                        "install the package 'postgresql-{0}'",
                        major));
    }
    return unavailable(
        fmt::format("PostgreSQL {} or newer is not installed (no 'postgres' and 'initdb' in "
                    "{}/*/bin or PATH): install the "
                    "package 'postgresql', or set DATABASE_URL to use a server of your own",
                    kPostgresMajorMin, root));
}

Result<std::string> find_redis(const std::string& path) {
    for (const auto& directory : split_path(path + ":/usr/bin:/usr/local/bin"))
        if (const fs::path file = fs::path(directory) / "redis-server"; is_program(file))
            return file.string();
    return unavailable(
        "Redis is not installed (no 'redis-server' in PATH): install the package 'redis-server', "
        "or set REDIS_URL to "
        "use a server of your own");
}

}  // namespace ordinaut::embedded
