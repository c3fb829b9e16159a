// Goal: no special address passes for a public one, in any of its spellings.
#include "plugins/http/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

namespace http_extension {
namespace {

bool is_public_text(const char* text) {
    sockaddr_storage storage{};
    sockaddr_in in{};
    sockaddr_in6 in6{};
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        in.sin_family = AF_INET;
        std::memcpy(&storage, &in, sizeof in);
    } else {
        EXPECT_EQ(inet_pton(AF_INET6, text, &in6.sin6_addr), 1) << text;
        in6.sin6_family = AF_INET6;
        std::memcpy(&storage, &in6, sizeof in6);
    }
    return is_public(reinterpret_cast<const sockaddr*>(&storage));
}

TEST(AddressGuard, SpecialAddresses) {
    for (const auto* text : {"127.0.0.1",
                             "127.255.1.2",
                             "0.0.0.0",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "198.18.0.1",
                             "192.0.2.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::a9fe:a9fe",
                             "2002:7f00:1::",
                             "2001:db8::1",
                             "2001::1",
                             "3fff::1"})
        EXPECT_FALSE(is_public_text(text)) << text;
}

TEST(AddressGuard, PublicAddresses) {
    for (const auto* text :
         {"1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
          "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"})
        EXPECT_TRUE(is_public_text(text)) << text;
}

}  // namespace
}  // namespace http_extension
