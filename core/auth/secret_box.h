// Seals pipeline secrets with a key that is kept outside the database (XChaCha20-Poly1305,
// libsodium). Owner and name are bound in, so that a sealed value cannot be moved to another row.
#pragma once
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"

namespace ordinaut::auth {

// Immutable; thread-safe.
class SecretBox {
public:
    static constexpr size_t kKeyBytes = 32;

    // `key` is raw; kInvalid unless it has kKeyBytes.
    static Result<SecretBox> create(std::string key);
    // From text: base64 (standard or URL-safe, padded or not) of kKeyBytes.
    static Result<SecretBox> from_base64(std::string_view text);
    // From a file that is made with a fresh key (mode 0600) when it does not exist. kUnavailable:
    // cannot be read or written, or others than its owner may read or write it.
    static Result<SecretBox> from_file(const std::string& path);

    // Opaque bytes: version, nonce, ciphertext with tag.
    std::string seal(std::string_view clear, const Id& owner, std::string_view name) const;
    // kInvalid: sealed with another key, for another owner or name, or damaged.
    Result<std::string> open(std::string_view sealed, const Id& owner, std::string_view name) const;

    // The same in base64, for where only text can be kept.
    std::string seal_text(std::string_view clear, const Id& owner, std::string_view name) const;
    Result<std::string> open_text(std::string_view sealed, const Id& owner,
                                  std::string_view name) const;

private:
    explicit SecretBox(std::string key) : key_(std::move(key)) {}
    std::string key_;
};

}  // namespace ordinaut::auth
