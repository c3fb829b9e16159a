#include "embedded/account.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace ordinaut::embedded {
namespace {

Account from_entry(const passwd& entry) {
    return {entry.pw_uid, entry.pw_gid, entry.pw_name, geteuid() == 0};
}

std::optional<Account> find_account(const char* name) {
    char buffer[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (getpwnam_r(name, &entry, buffer, sizeof buffer, &found) != 0 || found == nullptr)
        return std::nullopt;
    return from_entry(entry);
}

std::optional<Account> find_account(uid_t uid) {
    char buffer[4096];
    passwd entry{};
    passwd* found = nullptr;
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || found == nullptr)
        return std::nullopt;
    return from_entry(entry);
}

}  // namespace

Result<Account> choose_account(const std::string& existing_data) {
    if (geteuid() != 0) return Account{geteuid(), getegid(), std::to_string(geteuid()), false};
    struct stat info {};
    if (stat(existing_data.c_str(), &info) == 0 && info.st_uid != 0) {
        const auto named = find_account(info.st_uid);
        return named ? *named
                     : Account{info.st_uid, info.st_gid, std::to_string(info.st_uid), true};
    }
    for (const char* name : {"postgres", "nobody"})
        if (const auto account = find_account(name); account && account->uid != 0) return *account;
    return unavailable(
        "PostgreSQL cannot run as root, and there is neither a user 'postgres' nor 'nobody' to run "
        "it: install the "
        "package 'postgresql' or start as an ordinary user");
}

Status check_reachable(const Account& account, const std::string& directory) {
    if (!account.change) return ok();
    std::filesystem::path walked;
    for (const auto& step : std::filesystem::path(directory)) {
        walked /= step;
        struct stat info {};
        if (stat(walked.c_str(), &info) != 0) break;  // Not there yet: it will be made by us.
        const mode_t needed = info.st_uid == account.uid   ? S_IXUSR
                              : info.st_gid == account.gid ? S_IXGRP
                                                           : S_IXOTH;
        if ((info.st_mode & needed) == 0) {
            return unavailable(
                fmt::format("the user '{}', who runs PostgreSQL and Redis, may not enter {} (mode "
                            "{:04o}): choose another data "
                            "directory or run 'chmod o+x {}'",
                            account.name, walked.native(), info.st_mode & 07777, walked.native()));
        }
    }
    return ok();
}

}  // namespace ordinaut::embedded
