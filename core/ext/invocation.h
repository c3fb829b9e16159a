// One tool call on its way through an extension, from Tool::start() to its one completion.
#pragma once
#include <ordinaut/extension.h>

#include <atomic>
#include <memory>

#include "ext/deadlines.h"
#include "ext/invocation_ref.h"
#include "ext/short_lock.h"
#include "ext/tool_meter.h"
#include "tool/tool.h"

namespace ordinaut::ext {

class Instance;
class HttpCall;

// Thread-safe. invocation_ref.h says how long it lives. The instance it is given to lives at least
// until it ends.
class Invocation {
public:
    // Enters it into the table of handles and sets its deadline.
    static InvocationRef begin(Deadlines& deadlines, tool::ToolCall&& call, tool::Done&& done,
                               std::shared_ptr<HttpCall> http = nullptr);
    // The same, inside the upcall of `instance` from its beginning: nobody else knows it yet, so
    // that nobody is kept out. `meter` as measure(), or null.
    static InvocationRef begin_inside(Instance& instance, tool::ToolCall&& call, tool::Done&& done,
                                      const std::shared_ptr<ToolMeter>& meter);
    ~Invocation();

    // Its completion is counted there. Before it is given to anyone.
    void measure(const std::shared_ptr<ToolMeter>& meter);

    ord_handle handle() const { return handle_; }
    const tool::ToolCall& call() const { return call_; }
    bool canceled() const { return canceled_; }
    bool ended() const { return ended_by_.load(std::memory_order_acquire) != EndedBy::kNobody; }
    const std::shared_ptr<HttpCall>& http() const { return http_; }  // Null: a tool call.
    // Null before assign() and after the end.
    std::shared_ptr<Instance> instance() const;
    bool given_to(const Instance& instance) const;  // And not ended.

    // The first one wins and returns true; it calls `done`.
    bool complete(tool::ToolResult&& result, EndedBy by);
    // As complete(), for whoever answers in another way: `done` is dropped.
    bool end(EndedBy by);
    // The answer has begun, and may take as long as it wants; unless the client has gone already.
    void lift_deadline();
    // Asks the extension to stop; completes at once when it has not been called yet, and by the
    // host when it does not answer within ten seconds. Never blocks.
    void cancel();

    // Whoever asked over HTTP has closed the sending side: the extension is told. An answer may
    // still reach the client, so that nothing is completed here but a stream, as by cancel().
    void client_gone();

    // Ties it to the instance that will be called. False: completed already, or canceled before
    // that.
    bool assign(Instance& instance);
    // Its upcall begins now. False: it has ended, or was taken back.
    bool enter(const Instance& instance);
    // Its upcall has returned. False: it was answered by then, so that it was never given up.
    bool leave();
    bool inside() const { return inside_; }
    // It belongs to one instance: it is never taken back.
    void pin() { pinned_ = true; }
    // The opposite of assign(), unless the upcall has begun or it has ended. True: whoever called
    // may assign it elsewhere.
    bool take_back(const Instance& instance);

    // For begin() alone.
    struct Key {};
    Invocation(Key, InvocationSlot& slot, Deadlines& deadlines, tool::ToolCall&& call,
               tool::Done&& done, std::shared_ptr<HttpCall>&& http);

private:
    void set_deadline();
    void keep(std::optional<Deadlines::Ticket>& place, const Deadlines::Ticket& ticket);
    bool take(EndedBy by);
    void expire();
    void abandon();
    void watch_upcall(const std::shared_ptr<Instance>& instance);

    InvocationSlot& slot_;
    const ord_handle handle_;
    Deadlines& deadlines_;
    const tool::ToolCall call_;
    const std::shared_ptr<HttpCall> http_;
    std::shared_ptr<ToolMeter> meter_;
    MonoTime began_{};
    std::atomic<bool> pinned_{false};
    std::atomic<bool> canceled_{false};
    std::atomic<bool> inside_{false};  // Its upcall runs.
    std::atomic<EndedBy> ended_by_{EndedBy::kNobody};
    mutable ShortLock mutex_;  // Guards what follows, and the writing of ended_by_.
    bool entered_ = false;
    Instance* instance_ = nullptr;  // Lives: it is told by opened() and closed().
    tool::Done done_;
    std::optional<Deadlines::Ticket> deadline_;
    std::optional<Deadlines::Ticket> grace_;
};

// The outcome a status stands for; unknown ones are terminal.
tool::Outcome outcome_of(ord_status status);
// "ORD_E_DENIED"; "status 99" when unknown.
std::string status_name(ord_status status);

}  // namespace ordinaut::ext
