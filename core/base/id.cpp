#include "base/id.h"

#include <openssl/sha.h>
#include <sys/random.h>

#include <array>
#include <chrono>
#include <mutex>

#include "base/check.h"

namespace ordinaut {
namespace {

using Bytes = std::array<unsigned char, 16>;

void fill_random(unsigned char* to, size_t n) {
    while (n > 0) {
        const ssize_t got = getrandom(to, n, 0);
        CHECK(got > 0);
        to += got;
        n -= static_cast<size_t>(got);
    }
}

Id to_text(const Bytes& bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    Id text;
    text.reserve(36);
    for (size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += kHex[bytes[i] >> 4];
        text += kHex[bytes[i] & 15];
    }
    return text;
}

}  // namespace

Id new_id() {
    // 48 bits of milliseconds, then a 12-bit counter within the millisecond, then 62 random bits.
    static std::mutex mutex;
    static int64_t last_ms = 0;
    static unsigned counter = 0;
    Bytes bytes;
    fill_random(bytes.data() + 8, 8);
    std::lock_guard lock(mutex);
    const int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
    if (now_ms > last_ms) {
        last_ms = now_ms;
        counter = 0;
    } else if (++counter > 0xfff) {
        ++last_ms;
        counter = 0;
    }
    for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(last_ms >> (40 - 8 * i));
    bytes[6] = static_cast<unsigned char>(0x70 | (counter >> 8));
    bytes[7] = static_cast<unsigned char>(counter);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    return to_text(bytes);
}

Id derived_id(std::string_view space, std::string_view name) {
    std::string input(space);
    input += '\0';
    input += name;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
    Bytes bytes;
    std::copy(digest, digest + 16, bytes.begin());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x50);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    return to_text(bytes);
}

bool is_id(std::string_view text) {
    if (text.size() != 36) return false;
    for (size_t i = 0; i < 36; ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-') return false;
        } else if (!isxdigit(static_cast<unsigned char>(text[i]))) {
            return false;
        }
    }
    return true;
}

std::string random_token(size_t bytes) {
    static constexpr char kAlphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string raw(bytes, '\0');
    fill_random(reinterpret_cast<unsigned char*>(raw.data()), bytes);
    std::string text;
    unsigned bits = 0, held = 0;
    for (const unsigned char byte : raw) {
        bits = (bits << 8) | byte;
        for (held += 8; held >= 6; held -= 6) text += kAlphabet[(bits >> (held - 6)) & 63];
    }
    if (held > 0) text += kAlphabet[(bits << (6 - held)) & 63];
    return text;
}

}  // namespace ordinaut
