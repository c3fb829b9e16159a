// What the extension host is given of the server: where to look, what the operator decided, and the
// doors through which extensions reach the rest.
#pragma once
#include <atomic>

#include "base/work_pool.h"
#include "cli/cli.h"
#include "ext/host.h"
#include "ext/steward.h"
#include "live/feed.h"
#include "operations/dispatcher.h"
#include "runner/runner.h"
#include "store/stores.h"

namespace ordinaut::server {

// kInvalid: ORDINAUT_EXT_GRANTS. kUnavailable: the store.
Result<ext::HostOptions> host_options(const cli::ServerConfig& config, ext::Steward& steward);

// What extensions ask of the server (ord.core) and log within runs. A door is opened once there is
// someone behind it. Thread-safe but for close().
class Doors {
public:
    // All must outlive the host.
    ext::Seams seams(ext::Steward& steward, const store::Stores& stores,
                     events::EventStreams& streams, metrics::Registry& metrics, live::Feed& feed);
    void open_core(const operations::Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }
    void open_log(runner::Runner& runner) { runner_ = &runner; }
    void close() {
        runner_ = nullptr;
        pool_.stop();
    }

private:
    void call(const ext::CallerIdentity& identity, std::string operation,
              const std::string& input_json, ext::CoreDone done);

    WorkPool pool_{"core-call", 2, 20'000};
    std::atomic<const operations::Dispatcher*> dispatcher_{nullptr};
    std::atomic<runner::Runner*> runner_{nullptr};
};

}  // namespace ordinaut::server
