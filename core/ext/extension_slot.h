// The place of one extension in the host: its state, and the instance while there is one.
#pragma once
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>

#include "ext/host.h"
#include "ext/instance.h"

namespace ordinaut::ext {

// Thread-safe. Loading and stopping run one at a time on its control strand.
class ExtensionSlot : public std::enable_shared_from_this<ExtensionSlot> {
public:
    ExtensionSlot(InstanceContext& context, Found found, const HostOptions& options);

    const std::string& id() const { return found_.id; }
    bool eager() const { return eager_; }
    ExtensionInfo info() const;

    // Puts its tools into the catalogue, when it is enabled and may have tools.
    void offer_tools();

    // A call of one of its tools; loads the extension first when needed.
    tool::CancelCall invoke(const std::string& bare_name, tool::ToolCall call, tool::Done done);

    void load_soon();
    Status load();
    Status enable();
    Status disable();
    // The strand's last job. Returns at once; `finish_stop` waits for it.
    void begin_stop(MonoTime deadline);
    void finish_stop(MonoTime deadline);
    bool stuck() const { return stuck_; }  // Some thread never came back from the extension.

private:
    void load_now();               // [control]
    void stop_now(MonoTime deadline);  // [control]
    Result<std::shared_ptr<Instance>> make_instance();
    void withdraw_tools();
    Status offer(tool::ToolSpec spec);
    void set_state(State state, std::string reason);
    void run_and_wait(std::function<void()> job);

    InstanceContext& context_;
    const Found found_;
    const std::string config_json_;
    const std::chrono::milliseconds drain_;
    const bool eager_;
    Grants granted_;
    std::vector<std::string> grant_warnings_;
    std::shared_ptr<const Library> library_;  // [control] Kept over disable and enable: it is never unloaded.
    std::string library_stamp_;               // [control] Of the file it came from.
    std::atomic<bool> stuck_{false};
    Workers control_{1};

    mutable std::mutex mutex_;  // Guards what follows.
    State state_ = State::kDiscovered;
    std::string reason_;
    bool load_queued_ = false;
    std::shared_ptr<Instance> instance_;
    std::vector<std::shared_ptr<Invocation>> waiting_;  // For the load to end.
    std::vector<std::string> faults_;                   // Of earlier instances.
};

}  // namespace ordinaut::ext
