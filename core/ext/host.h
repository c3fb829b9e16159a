// The extension host: finds extensions, offers their tools, loads them when they are needed, and
// keeps their faults from everyone else.
//
// A tool declared in a manifest is in the catalogue before its code is loaded; the first call loads
// it. In-process grants gate the interface, they are not a security boundary ("enforcement":
// "api").
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "ext/discovery.h"
#include "ext/extension_log.h"
#include "ext/seams.h"
#include "http/router.h"
#include "tool/catalogue.h"

namespace ordinaut::ext {

enum class State { kDiscovered, kLoading, kRunning, kDisabled, kDraining, kError };
std::string_view name_of(State state);  // "discovered"

// What an operator decided about one extension; kept in the database. None: the manifest's word, or
// that of HostOptions.
struct Standing {
    std::optional<bool> enabled = {};
    std::optional<Grants> grants = {};            // Intersected with what the manifest asks for.
    std::optional<std::string> config_json = {};  // One object.
    bool operator==(const Standing&) const = default;
};

struct HostOptions {
    SearchPaths paths;
    GrantPolicy policy;
    std::map<std::string, std::string> config = {};  // Extension id → JSON object; {} when absent.
    // Loaded at start besides those whose manifest says so (ORDINAUT_EXT_EAGER).
    std::vector<std::string> eager = {};
    std::map<std::string, Standing> standings = {};  // By extension id.
    // /ext/<id>/ needs the scope ext:<id>:routes; otherwise any caller will do.
    bool require_scopes = true;
    // To a route's answer, or its beginning; a manifest's route may say otherwise.
    std::chrono::milliseconds http_timeout{30'000};
    // How long a disabled extension may take to finish its calls.
    std::chrono::milliseconds drain{10'000};
    // The same for a generation that was replaced by another.
    std::chrono::milliseconds reload_drain{300'000};
    // From a cancel, or a deadline, until a call is given up for good.
    std::chrono::milliseconds cancel_grace{10'000};
};

struct ExtensionInfo {
    std::string id, name, version, description;
    Source source = Source::kPath;
    State state = State::kDiscovered;
    bool duplicate = false;  // Refused, because another one has its id.
    // Why it is in that state; empty when there is nothing to say.
    std::string reason;
    // allowed: by the operator or the policy; granted: of those, what this version offers.
    Grants asked, allowed, granted;
    std::string granted_by;
    std::vector<std::string> scopes;  // Asked for its own identity.
    std::vector<std::string> tools;   // Full names.
    std::vector<std::string> routes;  // Declared ones, as "GET /items/{id}", below /ext/<id>.
    int generation = 0;               // How often it was started.
    int draining = 0;                 // Earlier generations that still finish calls.
    int open_calls = 0;               // Given to its code and not answered.
    int stuck = 0;                    // Upcalls that were given up and have not returned.
    // Copies of its library in memory; none can be unloaded.
    int libraries_kept = 0;
    // Of the manifest, of grants, and what it did wrong since.
    std::vector<std::string> warnings;
};

// As GET /extensions shows it.
std::string to_json(const ExtensionInfo& info);
// The same, into an object that is open.
void write_members(JsonWriter& writer, const ExtensionInfo& info);

// kUnknown: it has no health check, or does not run.
enum class Health { kUnknown, kOk, kFailing };
struct HealthReport {
    std::string id;
    Health health = Health::kUnknown;
    std::string message;  // Why it is failing.
};

class ExtensionSlot;

// Thread-safe. `tools` must outlive it.
class Host {
public:
    Host(tool::Catalogue& tools, Seams seams);
    ~Host();  // As stop() with no patience.

    // Discovers, offers the tools and begins to load the eager ones. Call once. A broken extension
    // is an entry of list() with its reason, never an error here.
    void start(HostOptions options);

    std::vector<ExtensionInfo> list() const;                               // By id.
    Result<ExtensionInfo> info(std::string_view id) const;                 // kNotFound.
    Result<std::shared_ptr<ExtensionLog>> log(std::string_view id) const;  // kNotFound.
    // Asks those that run and can tell (of them the one with `id`; empty = all), at the same time;
    // silence is failing.
    std::vector<HealthReport> health(std::string_view id, std::chrono::milliseconds patience) const;

    // Loads it now and waits for it. kNotFound; kConflict: disabled; kUnavailable: with its reason.
    // A failed one is tried again.
    Status load(std::string_view id);
    // Reads the manifest and the library again and starts a new generation; calls go to it once it
    // runs, and the old one finishes what it has begun. kNotFound; kConflict: disabled; otherwise
    // why not, and the old one goes on.
    Status reload(std::string_view id);
    // Makes it as the operator wants it. Enabled: its tools are offered; loaded when used (eager:
    // now). Disabled: its tools go, calls under way may finish (at most `drain`), it is stopped.
    // Other grants: a new generation with them; what is taken away is refused at once. Other
    // configuration: reconfigured, or a new generation when it cannot be. Waits for it. kNotFound;
    // kInvalid: the configuration, and the old one stays; kUnavailable: why it does not run.
    Status apply(std::string_view id, const Standing& standing);
    Result<Standing> standing(std::string_view id) const;  // kNotFound.
    Status enable(std::string_view id);
    Status disable(std::string_view id);

    // Everything below /ext. Answers exactly once. May block for the time of a file's reading.
    void serve(http::MountedRequest request) const;

    // Stops all extensions at the same time; open calls have until `deadline`. Afterwards nothing
    // is called any more.
    void stop(MonoTime deadline);

private:
    struct Core;
    std::vector<std::shared_ptr<ExtensionSlot>> slots() const;
    void adopt(std::vector<Found> all);
    Result<std::shared_ptr<ExtensionSlot>> find(std::string_view id) const;
    Result<std::shared_ptr<ExtensionSlot>> find_or_discover(std::string_view id);

    std::unique_ptr<Core> core_;
};

}  // namespace ordinaut::ext
