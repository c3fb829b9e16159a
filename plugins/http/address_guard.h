// Which addresses a request may connect to.
#pragma once
#include <sys/socket.h>

namespace http_extension {

// True for addresses of the public internet; false for loopback, private, link-local, multicast,
// documentation and other special ranges (IANA special-purpose registries), also when written as
// IPv4-mapped, NAT64 or 6to4 IPv6, and for anything that is not an IP address.
bool is_public(const sockaddr* address);

}  // namespace http_extension
