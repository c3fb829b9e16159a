#include "auth/secret_box.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "base/check.h"

namespace ordinaut::auth {
namespace {

constexpr char kVersion = 1;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string bound_to(const Id& owner, std::string_view name) {
    return owner + '\0' + std::string(name);
}

Result<std::string> read_key_file(int fd, const std::string& path) {
    struct stat info {};
    if (fstat(fd, &info) != 0)
        return unavailable("cannot look at the key file " + path + ": " + std::strerror(errno));
    if ((info.st_mode & 077) != 0) {
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", info.st_mode & 07777);
        return unavailable("the key file " + path + " is open to others than its owner (mode " +
                           mode + "): run 'chmod 600 " + path + "'");
    }
    std::string key(SecretBox::kKeyBytes + 1, '\0');
    const ssize_t got = read(fd, key.data(), key.size());
    if (got != static_cast<ssize_t>(SecretBox::kKeyBytes))
        return unavailable("the key file " + path + " is damaged: it must hold exactly 32 bytes");
    key.resize(SecretBox::kKeyBytes);
    return key;
}

// Written whole under a name of its own first, so that a crash leaves no half key and of several
// processes one wins.
Result<std::string> make_key_file(const std::string& path) {
    std::string key(SecretBox::kKeyBytes, '\0');
    randombytes_buf(key.data(), key.size());
    const std::string fresh = path + "." + random_token(9);
    const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool written = fd >= 0 &&
                         write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                         fsync(fd) == 0;
    const bool published = written && link(fresh.c_str(), path.c_str()) == 0;
    const int why = errno;
    if (fd >= 0) {
        close(fd);
        unlink(fresh.c_str());
    }
    if (published) return key;
    if (!written || why != EEXIST)
        return unavailable("cannot write the key file " + path + ": " + std::strerror(why));
    const int made = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (made < 0)
        return unavailable("cannot read the key file " + path + ": " + std::strerror(errno));
    auto other = read_key_file(made, path);
    close(made);
    return other;
}

}  // namespace

Result<SecretBox> SecretBox::create(std::string key) {
    CHECK(sodium_init() >= 0);
    if (key.size() != kKeyBytes) return invalid("secret_key", "must be 32 bytes");
    return SecretBox(std::move(key));
}

Result<SecretBox> SecretBox::from_base64(std::string_view text) {
    CHECK(sodium_init() >= 0);
    std::string key(kKeyBytes, '\0');
    for (const int variant :
         {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
          sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING}) {
        size_t size = 0;
        if (sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), text.data(),
                              text.size(), nullptr, &size, nullptr, variant) == 0 &&
            size == kKeyBytes)
            return create(std::move(key));
    }
    return invalid("secret_key",
                   "must be the base64 form of 32 bytes; make one with: openssl rand -base64 32");
}

Result<SecretBox> SecretBox::from_file(const std::string& path) {
    CHECK(sodium_init() >= 0);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return unavailable("cannot read the key file " + path + ": " + std::strerror(errno));
    auto key = fd < 0 ? make_key_file(path) : read_key_file(fd, path);
    if (fd >= 0) close(fd);
    if (!key.ok()) return key.error();
    return create(std::move(*key));
}

std::string SecretBox::seal(std::string_view clear, const Id& owner, std::string_view name) const {
    std::string sealed(1 + kNonceBytes + clear.size() + kTagBytes, '\0');
    sealed[0] = kVersion;
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out + 1, kNonceBytes);
    const std::string bound = bound_to(owner, name);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + kNonceBytes, nullptr, bytes(clear),
                                               clear.size(), bytes(bound), bound.size(), nullptr,
                                               out + 1, bytes(key_));
    return sealed;
}

Result<std::string> SecretBox::open(std::string_view sealed, const Id& owner,
                                    std::string_view name) const {
    const Error damaged = invalid("/secrets/" + std::string(name),
                                  "cannot be opened with this server's key; set the secret again");
    if (sealed.size() < 1 + kNonceBytes + kTagBytes || sealed[0] != kVersion) return damaged;
    const std::string_view nonce = sealed.substr(1, kNonceBytes),
                           box = sealed.substr(1 + kNonceBytes);
    std::string clear(box.size() - kTagBytes, '\0');
    const std::string bound = bound_to(owner, name);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            reinterpret_cast<unsigned char*>(clear.data()), nullptr, nullptr, bytes(box),
            box.size(), bytes(bound), bound.size(), bytes(nonce), bytes(key_)) != 0)
        return damaged;
    return clear;
}

std::string SecretBox::seal_text(std::string_view clear, const Id& owner,
                                 std::string_view name) const {
    const std::string sealed = seal(clear, owner, name);
    std::string text(sodium_base64_ENCODED_LEN(sealed.size(), sodium_base64_VARIANT_ORIGINAL),
                     '\0');
    sodium_bin2base64(text.data(), text.size(), bytes(sealed), sealed.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // Its final NUL.
    return text;
}

Result<std::string> SecretBox::open_text(std::string_view sealed, const Id& owner,
                                         std::string_view name) const {
    std::string raw(sealed.size(), '\0');
    size_t size = 0;
    // What is no base64 is opened as nothing, which says that it is damaged.
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), sealed.data(),
                          sealed.size(), nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        size = 0;
    return open(std::string_view(raw).substr(0, size), owner, name);
}

}  // namespace ordinaut::auth
