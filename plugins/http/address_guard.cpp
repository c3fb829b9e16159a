#include "address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace http_extension {
namespace {

struct Range4 {
    uint32_t prefix;
    int bits;
};
constexpr Range4 kSpecial4[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0586300, 24}, {0xC0A80000, 16},
    {0xC6120000, 15}, {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
};

bool is_public4(uint32_t address) {
    for (const auto& [prefix, bits] : kSpecial4)
        if ((address ^ prefix) >> (32 - bits) == 0) return false;
    return true;
}

uint32_t word(const uint8_t* bytes) {
    uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return ntohl(value);
}

bool is_public6(const uint8_t* a) {
    static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    static constexpr uint8_t kNat64[12] = {0, 0x64, 0xFF, 0x9B};
    if (std::memcmp(a, kMapped, sizeof kMapped) == 0 || std::memcmp(a, kNat64, sizeof kNat64) == 0)
        return is_public4(word(a + 12));
    if (a[0] == 0x20 && a[1] == 0x02) return is_public4(word(a + 2));  // 6to4
    // only 2000::/3 is global
    if ((a[0] & 0xE0) != 0x20) return false;
    // 2001::/23, with Teredo and ORCHID
    if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xFE) == 0) return false;
    // documentation
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0D && a[3] == 0xB8) return false;
    // 3fff::/20, documentation
    return !(a[0] == 0x3F && a[1] == 0xFF && a[2] < 0x10);
}

}  // namespace

bool is_public(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6) return false;
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    return is_public6(in.sin6_addr.s6_addr);
}

}  // namespace http_extension
