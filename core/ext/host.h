// The extension host: finds extensions, offers their tools, loads them when they are needed, and keeps their faults from
// everyone else.
//
// A tool declared in a manifest is in the catalogue before its code is loaded; the first call loads it. In-process grants
// gate the interface, they are not a security boundary ("enforcement": "api").
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ext/discovery.h"
#include "ext/seams.h"
#include "tool/catalogue.h"

namespace ordinaut::ext {

enum class State { kDiscovered, kLoading, kRunning, kDisabled, kDraining, kError };
std::string_view name_of(State state);  // "discovered"

struct HostOptions {
    SearchPaths paths;
    GrantPolicy policy;
    std::map<std::string, std::string> config = {};  // Extension id → JSON object; {} when absent.
    std::vector<std::string> eager = {};             // Loaded at start besides those whose manifest says so (ORDINAUT_EXT_EAGER).
    std::map<std::string, bool> enabled = {};        // What an operator decided; otherwise the manifest's word.
    std::chrono::milliseconds drain{10'000};         // How long a disabled extension may take to finish its calls.
};

struct ExtensionInfo {
    std::string id, name, version, description;
    Source source = Source::kPath;
    State state = State::kDiscovered;
    std::string reason;                     // Why it is in that state; empty when there is nothing to say.
    Grants asked, granted;
    std::vector<std::string> tools;         // Full names.
    std::vector<std::string> warnings;      // Of the manifest, of grants, and what it did wrong since.
};

// As GET /extensions shows it.
std::string to_json(const ExtensionInfo& info);

class ExtensionSlot;

// Thread-safe. `tools` must outlive it.
class Host {
public:
    Host(tool::Catalogue& tools, Seams seams);
    ~Host();  // As stop() with no patience.

    // Discovers, offers the tools and begins to load the eager ones. Call once. A broken extension is an entry of list()
    // with its reason, never an error here.
    void start(HostOptions options);

    std::vector<ExtensionInfo> list() const;  // By id.

    // Loads it now and waits for it. kNotFound; kConflict: disabled; kUnavailable: with its reason. A failed one is tried again.
    Status load(std::string_view id);
    // Offers its tools again; loaded when used (eager: now). kNotFound; kUnavailable: its manifest is in error.
    Status enable(std::string_view id);
    // Takes its tools away, lets calls under way finish (at most `drain`), stops it. Waits for that. kNotFound.
    Status disable(std::string_view id);

    // Stops all extensions at the same time; open calls have until `deadline`. Afterwards nothing is called any more.
    void stop(MonoTime deadline);

private:
    struct Core;
    std::shared_ptr<ExtensionSlot> find(std::string_view id) const;

    std::unique_ptr<Core> core_;
};

}  // namespace ordinaut::ext
