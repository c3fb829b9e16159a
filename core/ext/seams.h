// What the extension host needs of the rest of the server, wired by main.cpp.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/event_streams.h"
#include "metrics/registry.h"
#include "store/kv_store.h"
#include "store/lease_store.h"

namespace ordinaut::ext {

// Whom an operation is called for.
struct CallerIdentity {
    std::string principal;            // Agent id.
    std::vector<std::string> scopes;  // Of that agent.
    std::string trace_id;             // 32 hex digits, or empty.
    std::string extension_id;         // Through which extension.
    // As the headers of a request would say; empty = none.
    std::string idempotency_key = {}, if_match = {};
    int causation_depth = 0;  // Of events that are published because of it.
    bool operator==(const CallerIdentity&) const = default;
};

// Runs one operation by id and answers exactly once, from any thread, with its JSON (empty = null).
// May block.
using CoreDone = std::function<void(Result<std::string>)>;
using CoreCaller = std::function<void(const CallerIdentity&, std::string operation,
                                      std::string input_json, CoreDone)>;

// Who someone is now; none: nobody any more. May ask the store.
using Identify = std::function<std::optional<CallerIdentity>()>;

// Where the changes of a watch go. Called one at a time, from a thread that must not be kept; also
// before the watcher has returned, and for a moment after the watch was ended.
struct WatchSink {
    std::function<void(std::string_view json)> change;  // One of them, or a resync.
    std::function<void(const Error& why)> ended;        // Nothing more comes.
};
// Begins to tell changes that happen after its return; what it returns ends that, from any thread,
// also from within the sink.
// kDenied: the scope is missing; kInvalid, kMalformed: the filter; kUnavailable. May ask the store.
using Watcher = std::function<Result<std::function<void()>>(
    Identify identify, std::string_view filter_json, WatchSink sink)>;

// A line an extension logged within a run. `fields_json` is one object of strings. Must not block
// for long.
using RunLogSink =
    std::function<void(std::string_view run_id, std::string_view step_id, std::string_view level,
                       std::string_view message, std::string_view fields_json)>;

// A secret meant for an extension. kNotFound, kDenied.
using SecretReader =
    std::function<Result<std::string>(std::string_view extension_id, std::string_view name)>;

// The agent an extension acts as when it acts for nobody else, with the scopes an operator gave;
// none = it has none. Thread-safe; must not block for long.
using OwnIdentity = std::function<std::optional<CallerIdentity>(std::string_view extension_id)>;

// One change of an extension's state, as it happened in this process.
struct StateChange {
    std::string extension_id, state, reason, version;
    int generation = 0;  // How often it was started.
};
// Must not block, nor ask the host.
using StateSink = std::function<void(StateChange)>;

// Each may be empty or null: then extensions get ORD_E_UNSUPPORTED (core, watch, secrets, metrics,
// kv, streams), ORD_E_DENIED (own_identity), or nothing is forwarded. What is pointed to outlives
// the host.
struct Seams {
    CoreCaller core = {};
    Watcher watch = {};
    RunLogSink run_log = {};
    SecretReader secret = {};
    OwnIdentity own_identity = {};
    StateSink changed = {};
    metrics::Registry* metrics = nullptr;
    events::EventStreams* streams = nullptr;
    store::KvStore* kv = nullptr;
    store::LeaseStore* leases = nullptr;  // Null: this process is the whole installation.
    std::chrono::milliseconds lease_ttl{15'000};
};

}  // namespace ordinaut::ext
