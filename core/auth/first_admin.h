// The first identity of a new server, and the operator's own on an embedded one. There is no
// default secret anywhere: each server makes its own.
#pragma once
#include <optional>

#include "store/agent_store.h"

namespace ordinaut::auth {

struct Credentials {
    Id agent_id;
    std::string agent_secret;  // Clear; shown or stored once by the caller.
};

// Makes the agent "admin" with a fresh secret when the server has no agent at all; none otherwise.
// Several processes may try: one wins.
Result<std::optional<Credentials>> make_first_admin(store::AgentStore& agents);

// A fresh secret for the agent "admin", which is made when it does not exist: for whoever owns the
// data directory.
Result<Credentials> renew_admin(store::AgentStore& agents);

}  // namespace ordinaut::auth
