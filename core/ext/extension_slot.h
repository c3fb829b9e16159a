// The place of one extension in the host: its state, and the generation that serves.
//
// A new generation is made beside the one that serves. Only when it runs do calls go to it; the old
// one finishes what it has begun and is stopped. So a reload loses no call, and one that fails
// changes nothing.
#pragma once
#include <memory>
#include <mutex>
#include <set>

#include "ext/definition.h"
#include "ext/http_meter.h"
#include "ext/instance.h"
#include "ext/library_shelf.h"

namespace ordinaut::ext {

class Generation;

// Thread-safe. What changes it runs one at a time on its control strand.
class ExtensionSlot : public std::enable_shared_from_this<ExtensionSlot> {
public:
    // `options` outlives it.
    ExtensionSlot(InstanceContext& context, Found found, const HostOptions& options,
                  Standing standing);

    const std::string& id() const { return id_; }
    Source source() const { return source_; }
    ExtensionInfo info() const;
    std::shared_ptr<ExtensionLog> log() const { return log_; }
    // False: it does not run, or cannot tell; `done` is dropped then.
    bool check_health(MonoTime deadline, tool::Done done) const;

    // Offers its tools when it may have any, and begins to load it when it is eager. Once, after
    // construction.
    void open();

    // A call of one of its tools; loads the extension first when needed.
    tool::CancelCall invoke(tool::ToolCall call, tool::Done done,
                            const std::shared_ptr<ToolMeter>& meter);
    // Gives a call to whoever serves now, or ends it with the reason why nobody does.
    void route(const InvocationRef& invocation);

    // Why none of its tools is in the catalogue; empty: they are, or it has none.
    std::string why_no_tools() const;

    // A request for /ext/<id>/…; loads the extension first when its code has to answer. Answers
    // exactly once.
    void serve_http(http::MountedRequest request);

    void load_soon();
    Status load();
    Status reload();
    Status apply(const Standing& standing);
    Standing standing() const;
    // The strand's last job. Returns at once; `finish_stop` waits for it.
    void begin_stop(MonoTime deadline);
    void finish_stop(MonoTime deadline);
    bool stuck() const { return stuck_; }  // Some thread never came back from the extension.

private:
    friend class Generation;

    // [control]
    std::shared_ptr<const Definition> read_again() const;
    void load_now();
    Status begin_anew();
    Status reload_now();
    Status apply_now(const Standing& standing);
    Status reconfigure_now(const std::shared_ptr<const Definition>& next);
    Status replace(const std::shared_ptr<const Definition>& next);
    Result<std::shared_ptr<Generation>> make(const std::shared_ptr<const Definition>& definition);
    void serve(const std::shared_ptr<const Definition>& definition,
               const std::shared_ptr<Generation>& generation);
    void retire(std::shared_ptr<Generation> old, MonoTime deadline);
    void stop_now(MonoTime deadline, State afterwards, const std::string& reason);
    void adopt(const std::shared_ptr<const Definition>& definition);
    void sync_tools();

    // http_slot.cpp
    std::optional<Error> refusal_of(const http::MountedRequest& request) const;
    void ask_code(http::MountedRequest request, std::optional<Error> refusal, const Route* declared,
                  std::shared_ptr<const StaticFiles> files);
    Error disabled_error() const;
    void refuse_http(const http::MountedRequest& request, const Error& error) const;

    Status offer(tool::ToolSpec spec);
    void retract(const std::string& name);
    void flush_waiting();
    void note(const std::string& fault);
    void set_state(State state, std::string reason);
    void show_error(bool bad) const;
    Status run_and_wait(const std::function<Status()>& job);
    std::shared_ptr<const Definition> definition() const;
    std::shared_ptr<Generation> serving() const;

    InstanceContext& context_;
    const HostOptions& options_;
    const std::string id_;
    const Source source_;
    const bool duplicate_;  // Another extension has its id.
    const std::shared_ptr<ExtensionLog> log_ = std::make_shared<ExtensionLog>();
    LibraryShelf libraries_;  // [control]
    const std::shared_ptr<HttpMeter> http_meter_;
    std::atomic<bool> stuck_{false};
    Workers control_{1};
    Workers retirement_{4};  // Old generations finish here.

    mutable std::mutex mutex_;  // Guards what follows.
    Standing standing_;
    std::shared_ptr<const Definition> definition_;
    State state_ = State::kDiscovered;
    std::string reason_;
    bool load_queued_ = false;
    std::shared_ptr<Generation> serving_;
    std::set<std::shared_ptr<Generation>> retiring_;
    std::vector<InvocationRef> waiting_;  // For the load to end.
    // Those of its tools that are in the catalogue.
    std::set<std::string> tools_;
    std::vector<std::string> faults_;  // Of earlier generations.
    int generations_ = 0;              // Made so far.
    size_t libraries_kept_ = 0;
};

}  // namespace ordinaut::ext
