// One attempt at a run: executes the task's pipeline for a claimed lease and says how it ended.
#pragma once
#include <functional>
#include <memory>

#include "base/clock.h"
#include "store/queue_store.h"
#include "tool/catalogue.h"

namespace ordinaut::runner {

enum class StopReason {
    kCanceled,   // Someone asked: ends as canceled.
    kLeaseLost,  // Another worker may own the run: nothing is reported, the attempt is discarded.
    kDrained,    // This process stops: ends as released, the attempt is given back.
};

class Attempt {
public:
    virtual ~Attempt() = default;
    // Once. Events may come before it returns and from any thread. After a stop() no tool is called
    // at all.
    virtual void start() = 0;
    // Asks the attempt to end: cancels the tool in flight. Thread-safe, does not block. The first
    // reason wins, but a lost lease over any. The completion follows when the tool has answered;
    // abandon() does not wait for it.
    virtual void stop(StopReason reason) = 0;
    // Ends the attempt now with the reason of stop(), whatever the tool does. Does nothing when it
    // ended already.
    virtual void abandon() = 0;
};

struct AttemptEvents {
    std::function<void(const store::LeaseRef&, const Step&)> progress;  // A step began or ended.
    // As Execution::Observer::step_begins.
    std::function<void(const store::LeaseRef&, const Step&, std::function<void(Status)> recorded)>
        step_begins;
    // Exactly once, unless the lease was lost: then `lost`.
    std::function<void(store::Completion)> done;
    std::function<void()> lost;
};

// What attempts need; outlives them.
struct AttemptContext {
    const tool::Catalogue& tools;
    const Clock& clock;
    // Clear values of the owner's secrets by name; unknown names are left out.
    std::function<Result<std::map<std::string, std::string>>(const Id& owner,
                                                             const std::vector<std::string>& names)>
        secrets;
};

// Its owner keeps it until it ended: one that is let go of earlier reports nothing any more.
std::shared_ptr<Attempt> make_attempt(const AttemptContext& context, store::Lease lease,
                                      AttemptEvents events);

}  // namespace ordinaut::runner
