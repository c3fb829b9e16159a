// Agents' secrets, hashed with argon2id (19 MiB, two passes: some 40 ms of one core, so never on an
// I/O thread).
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut::auth {

// The encoded form: "$argon2id$v=19$m=19456,t=2,p=1$salt$hash", with a fresh salt. kInternal when
// memory is short.
Result<std::string> hash_secret(std::string_view secret);

// Constant time in the content. False for an empty or unreadable hash, after as much work as for a
// wrong secret.
bool verify_secret(std::string_view secret, const std::string& encoded_hash);

}  // namespace ordinaut::auth
