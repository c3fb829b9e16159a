// One open stream: a subscription whose events are written to one client.
//
// An event is acknowledged when the connection has taken it, and one is at work at a time: so a
// client gets them in order, and a slow one keeps nothing from the others of its group but the
// event it is at. Whichever ends first, the connection or the subscription, ends the other.
#pragma once
#include <ordinaut/ordinaut.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

struct ReaderPlan {
    std::string name;      // May hold wildcards.
    std::string group;     // Empty: the reader is by itself.
    std::string consumer;  // Who reads in the group; a label for people.
    std::string from_id;
};

struct ReaderLimits {
    std::chrono::milliseconds heartbeat{15'000};
    // How long an event may wait for the client; less than the time to acknowledge it.
    std::chrono::milliseconds patience{10'000};
};

// Thread-safe.
class Reader : public std::enable_shared_from_this<Reader> {
public:
    // The namespace of the events.
    static constexpr const char* kNamespace = "demo";

    Reader(ordinaut::Host host, ordinaut::Reply reply, ReaderPlan plan, ReaderLimits limits,
           std::function<void()> closed);

    // Subscribes and begins to answer, once. CallError: the host refuses; nothing is answered then.
    void open();
    enum class How { kEnd, kCut };  // kCut: the client is to see that something is missing.
    void close(How how = How::kEnd);

    const ReaderPlan& plan() const { return plan_; }
    std::chrono::system_clock::time_point opened_at() const { return opened_at_; }
    uint64_t delivered() const { return delivered_; }

private:
    struct Held {
        std::string text;  // As it goes to the client.
        ordinaut::Completion delivery;
        uint64_t number;
    };
    void take(ordinaut::Event& event);
    void push();
    void wait_for_room();
    void beat_later();
    void beat();
    static void give_back(const ordinaut::Completion& delivery);

    const ordinaut::Host host_;
    ordinaut::Reply reply_;
    const ReaderPlan plan_;
    const ReaderLimits limits_;
    const std::function<void()> closed_action_;
    const std::chrono::system_clock::time_point opened_at_;
    std::atomic<uint64_t> delivered_{0};

    std::mutex mutex_;  // Guards what follows; not held while the host is called.
    std::optional<ordinaut::Stream> stream_;
    ord_handle subscription_ = 0;
    std::optional<Held> held_;  // While `writing_`, of the thread that writes.
    uint64_t taken_ = 0, waits_for_ = 0;
    bool writing_ = false, room_ = false, closed_ = false;
};
