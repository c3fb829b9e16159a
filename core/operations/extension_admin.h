// What the extension host can be asked; implemented by ext, so that operations need not know it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/actor.h"

namespace ordinaut::operations {

enum class GrantChange { kSet, kAdd, kRemove };

// An extension that does not do its work, and why.
struct ExtensionComplaint {
    std::string id;
    std::string reason;
};

// Thread-safe. Changes are durable and reach every process of the installation; each writes an
// audit row. kNotFound: there is no such extension.
class ExtensionAdmin {
public:
    virtual ~ExtensionAdmin() = default;

    virtual std::vector<std::string> list_json() = 0;  // One object (schema Extension) each, by id.
    virtual Result<std::string> info_json(std::string_view id) = 0;  // With its health, asked now.
    // Schema ExtensionLogs.
    virtual Result<std::string> logs_json(std::string_view id, int limit) = 0;
    // Schema ExtensionEvents. kUnavailable: the event server does not answer.
    virtual Result<std::string> events_json(std::string_view id) = 0;
    virtual std::vector<ExtensionComplaint> complaints() = 0;  // At most a few seconds old.

    // In this process. kConflict: disabled; kUnavailable: with its reason.
    virtual Status load(std::string_view id, const store::Actor& actor) = 0;
    // Here first, and everywhere when it worked. kConflict: disabled; otherwise why not, and the
    // old code goes on.
    virtual Status reload(std::string_view id, const store::Actor& actor) = 0;
    virtual Status set_enabled(std::string_view id, bool enabled, const store::Actor& actor) = 0;
    // kInvalid: the manifest does not ask for all of them, so that they would have no effect.
    virtual Status may_have(std::string_view id, const std::vector<std::string>& capabilities) = 0;
    // `capabilities` are valid names. As may_have(), but for kRemove.
    virtual Status change_grants(std::string_view id, GrantChange change,
                                 const std::vector<std::string>& capabilities,
                                 const store::Actor& actor) = 0;
    // kInvalid: it does not fit the manifest's config_schema, or the extension refuses it; nothing
    // has changed then.
    virtual Status configure(std::string_view id, std::string_view config_json,
                             const store::Actor& actor) = 0;
    // The scopes of its own agent have changed: nothing old is used from here on.
    virtual void identity_changed() = 0;
};

// The name of the agent an extension acts as on its own behalf. No other agent's name begins so.
inline constexpr std::string_view kOwnAgentPrefix = "ext:";
inline std::string own_agent_name(std::string_view extension_id) {
    return std::string(kOwnAgentPrefix) + std::string(extension_id);
}

}  // namespace ordinaut::operations
