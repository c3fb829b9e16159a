// What the handlers work with. Built once by main.cpp; everything outlives the dispatcher.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/secret_box.h"
#include "base/clock.h"
#include "events/event_bus.h"
#include "store/stores.h"
#include "tool/catalogue.h"

namespace ordinaut::operations {

// What the extension host can be asked; implemented in main.cpp over ext::Host, so that operations need not know it.
class ExtensionAdmin {
public:
    virtual ~ExtensionAdmin() = default;
    virtual std::vector<std::string> list_json() = 0;  // One object (schema Extension) each, by id.
    virtual Status load(std::string_view id) = 0;      // kNotFound, kConflict (disabled), kUnavailable (with its reason).
    virtual Status set_enabled(std::string_view id, bool enabled) = 0;  // Durable, for every process.
};

struct ServerSettings {
    std::string version;
    std::string default_timezone = "UTC";
    std::chrono::seconds min_interval{1};
    std::vector<std::string> roles;
};

struct Services {
    store::Stores stores;
    tool::Catalogue& tools;
    ExtensionAdmin& extensions;
    auth::Authenticator& authenticator;
    const auth::SecretBox& secret_box;
    events::EventBus& events;
    const Clock& clock;
    ServerSettings settings;
};

}  // namespace ordinaut::operations
