// What an extension watches (ord.core): changes on their way to its on_async, a bounded number.
//
// Threads:
//   open, cancel       any, the extension's own too: they are downcalls.
//   invocation_ended   whoever ended the call, with no lock held.
//   the sink's         those of seams.watch. They take the watch's lock, then the instance's, for
//                      as long as posting takes; they never run the extension's code, nor wait for
//                      it.
//   forget_all         the one that stops the instance, after its last upcall. What it returns from
//                      is over: nobody asks `identify` any more, so that the host may go.
// What the extension hears, it hears on the strand of its on_async. The lock in here is held alone.
#pragma once
#include <ordinaut/extension.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ext/seams.h"

namespace ordinaut::ext {

class Instance;
class Watch;

// The open watches of one instance, by token. Thread-safe.
class Watches {
public:
    struct Plan {
        uint64_t token = 0;  // Reserved already.
        ord_handle inv = 0;  // Ends with it; 0 = with the instance.
        Identify identify;
        std::string filter_json;
    };
    // Every refusal comes as the token's answer: kTooLarge, when 1,000 are open; those of
    // seams.watch. After forget_all() nothing comes.
    void open(const std::shared_ptr<Instance>& instance, Plan plan);
    // The invocation is over: END for those that were opened for it.
    void invocation_ended(ord_handle inv);
    // Canceled: END. False: it is none of these.
    bool cancel(uint64_t token);
    // Nobody is told of anything any more, nor is anything opened.
    void forget_all();

private:
    friend class Watch;
    bool add(const std::shared_ptr<Watch>& watch);
    void forget(const Watch& watch);  // Its token may name another by now.
    std::vector<std::shared_ptr<Watch>> take(const std::function<bool(const Watch&)>& wanted);

    std::atomic<size_t> open_{0};           // So that a call without watches costs nothing.
    std::atomic<size_t> pending_bytes_{0};  // On their way, of all watches.
    std::mutex mutex_;
    std::map<uint64_t, std::shared_ptr<Watch>> watches_;
    bool closed_ = false;
};

}  // namespace ordinaut::ext
