#include "auth/password.h"

#include <argon2.h>

#include <array>

#include "base/id.h"

namespace ordinaut::auth {
namespace {
constexpr uint32_t kPasses = 2;
constexpr uint32_t kMemoryKib = 19 * 1024;
constexpr uint32_t kLanes = 1;
constexpr size_t kHashBytes = 32;
constexpr size_t kSaltBytes = 16;

// What an unknown agent's secret is compared with, so that unknown and wrong take the same time.
const std::string& nobody_hash() {
    static const std::string hash = hash_secret(random_token(kSaltBytes)).value_or(std::string());
    return hash;
}
}  // namespace

Result<std::string> hash_secret(std::string_view secret) {
    const std::string salt = random_token(kSaltBytes);
    std::array<char, 256> encoded{};
    const int code =
        argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, secret.data(), secret.size(),
                              salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (code != ARGON2_OK) return internal(std::string("argon2id: ") + argon2_error_message(code));
    return std::string(encoded.data());
}

bool verify_secret(std::string_view secret, const std::string& encoded_hash) {
    const bool readable = encoded_hash.starts_with("$argon2id$");
    const std::string& hash = readable ? encoded_hash : nobody_hash();
    return argon2id_verify(hash.c_str(), secret.data(), secret.size()) == ARGON2_OK && readable;
}

}  // namespace ordinaut::auth
