// One subscription: which entries its group has read, which are being worked on, and what became of
// those that are done.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/event_streams.h"

namespace ordinaut::ext {

struct SubscriptionPlan {
    std::string ns, topic;
    std::string group;    // Empty: it looks on, and leaves no trace in the streams.
    std::string from_id;  // "$", "0" or an id.
    std::chrono::milliseconds ack_timeout{60'000};
    int in_flight_max = 16;
    int deliveries_max = 10;
};

struct EventDelivery {
    events::StreamRef stream;
    events::StreamEntry entry;
};

// Given up: acknowledged without having been done.
enum class Verdict { kDone, kAgain, kGivenUp };

// step() belongs to one thread, the rest is thread-safe.
class Subscription {
public:
    using Fault = std::function<void(const std::string& what, const std::string& kind)>;

    // `fault` hears of events that are given up or lost; those of one topic are one `kind`.
    Subscription(uint64_t instance, const std::string& extension_id, SubscriptionPlan plan,
                 events::EventStreams& streams, Fault fault);

    // Takes its position in the streams there are now, so that what is published after this reaches
    // it. Before the first step(); what fails is tried again by that. kTooLarge: never works.
    Status take_position() { return prepare(); }

    uint64_t instance() const { return instance_; }
    const SubscriptionPlan& plan() const { return plan_; }

    // Settles what was done, then reads, as long as it is open, what may be delivered now into
    // `deliveries`. An error leaves everything as it was: what is done is settled by a later step.
    Status step(std::vector<EventDelivery>& deliveries);
    std::vector<events::StreamRef> streams() const;
    // When an entry may be had that this one gave back; once.
    std::optional<MonoTime> given_back();
    // Another one of this group gave an entry back.
    void take_over(const Subscription& other, MonoTime at);
    MonoTime due() const;   // When a step is worth it even if no event came.
    bool working() const;   // Something is in flight, or done and not settled.
    bool all_done() const;  // Nothing is in flight that is not done.

    // What became of a delivery; `delay`: not again before (at most the acknowledgement's
    // time-out).
    void done(const EventDelivery& delivery, Verdict verdict, std::chrono::milliseconds delay,
              const std::string& why);
    void close();  // Reads no more.
    bool closed() const;

private:
    struct Settled {
        EventDelivery delivery;
        bool acknowledge = true;
        std::chrono::milliseconds delay{0};
    };
    using Key = std::pair<std::string, std::string>;  // The stream's topic, the entry's id.
    static Key key_of(const EventDelivery& delivery) {
        return {delivery.stream.topic, delivery.entry.id};
    }

    Status settle();
    Status prepare();
    Status prepare_topics();
    Status take_overdue(std::vector<EventDelivery>& deliveries);
    Status take_new(std::vector<EventDelivery>& deliveries);
    Status look_on(std::vector<EventDelivery>& deliveries);
    Status join(const events::StreamRef& stream);
    bool looks_on() const { return plan_.group.empty(); }
    void admit(const events::StreamRef& stream, events::StreamEntry entry,
               std::vector<EventDelivery>& deliveries);
    int room() const;

    const uint64_t instance_;
    const SubscriptionPlan plan_;
    const std::string space_, group_;
    const bool many_topics_;
    events::EventStreams& log_;
    const Fault fault_;
    bool prepared_ = false, entered_ = false;  // Of the stepping thread.
    std::string from_;
    MonoTime topics_at_{};
    size_t turn_ = 0;                 // Whose turn it is among the streams.
    std::vector<std::string> after_;  // Where one that looks on is in each of them.
    std::optional<MonoTime> given_back_;

    mutable std::mutex mutex_;  // Guards what follows.
    bool closed_ = false;
    std::vector<events::StreamRef> streams_;
    std::map<Key, bool> in_flight_;  // True: done, not settled.
    std::vector<Settled> settled_;
    MonoTime overdue_at_{};
};

}  // namespace ordinaut::ext
