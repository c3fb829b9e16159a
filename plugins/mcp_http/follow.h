// Tells an open stream what changes of what its client asked for.
#pragma once
#include <set>

#include "rpc.h"

namespace mcp_http {

struct Following {
    // The resources that are followed; asked anew each time, at most 1,000.
    std::function<std::set<std::string>()> wanted;
    std::function<void(const std::string& uri)> changed;
    // Empty: the list of tools is not followed.
    std::function<void()> tools_changed{};
};

// Until the request ends. It sees what its caller may see. Called from host threads, one at a time.
void follow(ordinaut::Host host, const ordinaut::Reply& reply, Following following);

}  // namespace mcp_http
