// The C++ side of events.h. Included by ordinaut.hpp.
//
//   s.on_event("jobs", "done.*", {.group = "mailer"}, [](ordinaut::Event& e) {
//       mail(e.payload());
//   });
//   host.publish("jobs", "done.7", R"({"id":7})");
#pragma once
#include "events.h"
#include "instance.hpp"

namespace ordinaut {

// One delivery, on a [worker] thread. Views end with the handler.
class Event {
public:
    std::string_view id() const { return to_view(raw_->id); }
    std::string_view topic() const { return to_view(raw_->topic); }
    std::string_view source() const { return to_view(raw_->source); }
    std::string_view causation_id() const { return to_view(raw_->causation_id); }
    std::string_view published_at() const { return to_view(raw_->published_at); }
    std::string_view payload_text() const { return to_view(raw_->payload_json); }
    Json payload() const { return Json::parse(payload_text()); }
    uint32_t redelivered() const { return raw_->redelivered; }
    const ord_call& context() const { return *raw_->call; }
    Host host() const { return host_; }
    // Not now: delivered again after `delay`. The handler returns next.
    void retry(std::string_view why, std::chrono::milliseconds delay) {
        completion_.fail(ORD_E_RETRYABLE, why, {}, delay);
    }
    // Keeps the event beyond the handler; acknowledged by ok(), delivered again or given up by
    // fail().
    Completion later() {
        kept_ = true;
        return completion_;
    }
    const Completion& completion() const { return completion_; }

private:
    friend class Instance;
    Event(const ord_event& raw, Completion completion, Host host)
        : raw_(&raw), completion_(std::move(completion)), host_(host) {}
    const ord_event* raw_;
    Completion completion_;
    Host host_;
    bool kept_ = false;
};

inline ord_handle Host::subscribe(std::string_view ns, std::string_view topic,
                                  const EventPolicy& policy, EventHandler handler) const {
    const ord_event_subscription spec{sizeof spec,
                                      policy.max_in_flight,
                                      to_ord(ns),
                                      to_ord(topic),
                                      to_ord(policy.group),
                                      to_ord(policy.from_id),
                                      static_cast<uint64_t>(policy.ack_timeout.count()),
                                      policy.max_deliveries,
                                      0};
    const auto& table = instance_->table<ord_events_v1>("ord.events");
    ord_handle subscription = 0;
    // A delivery may come before subscribe() returns: it waits for the handler.
    const std::lock_guard lock(instance_->events_mutex);
    const ord_status status = table.subscribe(instance_->self(), &spec, &subscription);
    if (status == ORD_E_DENIED)
        throw CallError(status, "events '" + std::string(topic) + "': EVENTS_SUB is not granted");
    if (status != ORD_OK)
        throw CallError(status, "events '" + std::string(topic) + "' are refused (status " +
                                    std::to_string(status) + ")");
    instance_->events.emplace(subscription,
                              std::make_shared<const EventHandler>(std::move(handler)));
    return subscription;
}

inline void Host::unsubscribe(ord_handle subscription) const {
    instance_->table<ord_events_v1>("ord.events").unsubscribe(instance_->self(), subscription);
    std::shared_ptr<const EventHandler> dropped;  // Destroyed after the lock is released.
    const std::lock_guard lock(instance_->events_mutex);
    const auto found = instance_->events.find(subscription);
    if (found == instance_->events.end()) return;
    dropped = std::move(found->second);
    instance_->events.erase(found);
}

inline void Setup::on_event(std::string_view ns, std::string_view topic, const EventPolicy& policy,
                            EventHandler handler) {
    host().subscribe(ns, topic, policy, std::move(handler));
}

inline Token Host::publish(std::string_view ns, std::string_view topic,
                           std::string_view payload_json, OnAnswer done,
                           const PublishOptions& options) const {
    Instance* const instance = instance_;
    if (!done) {
        done = [host = *this, name = std::string(topic)](const Answer& answer) {
            if (!answer.ok())
                host.log(Level::kWarn,
                         "the event '" + name + "' was not published: " + answer.message);
        };
    }
    const ord_handle inv = options.call == nullptr ? 0 : options.call->inv();
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_event_publish event{sizeof event,
                                      0,
                                      inv,
                                      token,
                                      to_ord(ns),
                                      to_ord(topic),
                                      to_ord(payload_json),
                                      to_ord(options.event_id)};
        return instance->table<ord_events_v1>("ord.events").publish(instance->self(), &event);
    });
}

inline ord_status Instance::on_event(const ord_event& raw) {
    std::shared_ptr<const EventHandler> handler;
    {
        const std::lock_guard lock(events_mutex);
        if (const auto found = events.find(raw.subscription); found != events.end())
            handler = found->second;
    }
    Event event(raw, Completion(std::make_shared<Completion::State>(this, raw.call->inv)),
                Host(*this));
    if (handler == nullptr) return event.retry("it was unsubscribed", {}), ORD_OK;
    try {
        (*handler)(event);
        if (!event.kept_) event.completion_.ok({});
    } catch (const CallError& error) {
        event.completion_.fail(error.status, error.what(), error.details);
    } catch (const std::exception& error) {
        event.completion_.fail(ORD_E_INTERNAL, error.what());
    } catch (...) {
        event.completion_.fail(ORD_E_INTERNAL, "an exception that is no std::exception");
    }
    return ORD_OK;
}

}  // namespace ordinaut
