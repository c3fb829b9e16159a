// The subscriptions of one instance, and the thread that reads for them.
#pragma once
#include <ordinaut/events.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ext/invocation.h"
#include "ext/subscription.h"

namespace ordinaut::ext {

// Thread-safe. Deliveries are upcalls on the instance's [worker] threads.
class Subscriptions : public std::enable_shared_from_this<Subscriptions> {
public:
    // Null `streams`: there are none.
    explicit Subscriptions(events::EventStreams* streams) : streams_(streams) {}

    // LIMIT: more than 100; UNSUPPORTED; STATE: stopping.
    ord_status subscribe(const std::shared_ptr<Instance>& instance, SubscriptionPlan plan,
                         ord_handle* subscription);
    ord_status unsubscribe(const Instance& instance, ord_handle subscription);  // HANDLE.
    // The id of the event that `inv` is the delivery of.
    std::optional<std::string> cause_of(ord_handle inv) const;

    void begin(const std::shared_ptr<Instance>& instance);  // Deliveries may begin.
    void request_stop();              // None begins any more; what is done is still settled.
    bool wait_ended(MonoTime until);  // False: its thread is still at work.

private:
    using Known = std::vector<std::pair<ord_handle, std::shared_ptr<Subscription>>>;
    void start_reading(const std::shared_ptr<Instance>& instance);  // With the lock held.
    void read_loop(Instance& instance);
    // False: the server does not answer.
    bool step_all(Instance& instance, const Known& known, bool& delivered);
    void pause(const Known& known, bool healthy);
    void deliver(Instance& instance, const std::shared_ptr<Subscription>& subscription,
                 ord_handle handle, EventDelivery delivery);
    void wake();
    // In the order in which they are asked: the ones of a group take turns.
    void go_last(ord_handle subscription);
    int64_t open_count() const;  // With the lock held.
    Known known() const;

    events::EventStreams* const streams_;
    mutable std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    Known known_;
    std::unordered_map<ord_handle, std::string> causes_;  // Events by invocation.
    bool begun_ = false, reading_ = false, ended_ = false, stopping_ = false, woken_ = false;
    std::vector<events::StreamRef> waited_for_;  // Of the reading thread.
    std::vector<std::string> positions_;
};

}  // namespace ordinaut::ext
