// Who runs the children: PostgreSQL refuses to run as root, and Redis has no reason to.
#pragma once
#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace ordinaut::embedded {

struct Account {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
    bool change = false;  // True: this process is root and children must change to `uid` and `gid`.
};

// Not root: the current user. Root: the owner of `existing_data` if that directory exists and is
// not root's, else the user `postgres`, else `nobody`. kUnavailable when there is neither.
Result<Account> choose_account(const std::string& existing_data);

// kUnavailable, naming the directory, when `account` may not pass through one of the parents of
// `directory`.
Status check_reachable(const Account& account, const std::string& directory);

}  // namespace ordinaut::embedded
