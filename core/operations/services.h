// What the handlers work with. Built once by main.cpp; everything outlives the dispatcher.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/secret_box.h"
#include "base/clock.h"
#include "events/event_bus.h"
#include "metrics/registry.h"
#include "operations/extension_admin.h"
#include "store/stores.h"
#include "tool/catalogue.h"

namespace ordinaut::operations {

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
    metrics::Registry* metrics = nullptr;  // Null: nothing is counted.
};

}  // namespace ordinaut::operations
