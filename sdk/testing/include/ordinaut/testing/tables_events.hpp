// The fake host's C functions: ord.events.
#pragma once
#include "ordinaut/events.h"
#include "tables.hpp"

namespace ordinaut::testing::tables {

inline bool good_topic(const std::string& topic) {
    return !topic.empty() && topic.size() <= 200 && topic.find(' ') == std::string::npos;
}

inline ord_status publish(ord_handle self, const ord_event_publish* event) {
    return with(self, event, "ord_event_publish", [&](Engine& engine) -> ord_status {
        if (refused(engine, "EVENTS_PUB")) return ORD_E_DENIED;
        Published made{from_c(event->ns), from_c(event->topic), from_c(event->payload_json),
                       from_c(event->event_id), event->inv};
        if (made.payload_json.empty()) made.payload_json = "null";
        if (made.payload_json.size() > (256u << 10)) return ORD_E_LIMIT;
        if (!JsonScan::valid(made.payload_json) || !good_topic(made.topic)) return ORD_E_INVALID;
        if (const ord_status status = engine.ask(event->token); status != ORD_OK) return status;
        auto reply = engine.prepared("events.publish");
        if (!reply) {
            const std::lock_guard lock(engine.mutex);
            if (made.id.empty()) made.id = "event-" + std::to_string(engine.published.size() + 1);
            const bool known = std::any_of(engine.published.begin(), engine.published.end(),
                                           [&](const auto& one) { return one.id == made.id; });
            reply = Reply{ORD_OK, "{\"id\":" + json_quoted(made.id) + "}"};
            if (!known) engine.published.push_back(std::move(made));
        }
        engine.answer(event->token, *reply);
        return ORD_OK;
    });
}
inline ord_status subscribe(ord_handle self, const ord_event_subscription* spec,
                            ord_handle* subscription) {
    return with(self, spec, "ord_event_subscription", [&](Engine& engine) -> ord_status {
        if (refused(engine, "EVENTS_SUB")) return ORD_E_DENIED;
        Subscription made{0,
                          from_c(spec->ns),
                          from_c(spec->topic),
                          from_c(spec->group),
                          from_c(spec->from_id),
                          spec->max_in_flight == 0 ? 16 : spec->max_in_flight,
                          spec->max_deliveries == 0 ? 10 : spec->max_deliveries,
                          spec->ack_timeout_ns == 0 ? 60'000'000'000 : spec->ack_timeout_ns,
                          true};
        if (subscription == nullptr || !good_topic(made.topic)) return ORD_E_INVALID;
        const std::lock_guard lock(engine.mutex);
        const auto open = std::count_if(engine.subscriptions.begin(), engine.subscriptions.end(),
                                        [](const auto& one) { return one.open; });
        if (open >= 100) return ORD_E_LIMIT;
        *subscription = made.handle = engine.new_handle();
        engine.subscriptions.push_back(std::move(made));
        return ORD_OK;
    });
}
inline ord_status unsubscribe(ord_handle self, ord_handle subscription) {
    return with(self, [&](Engine& engine) -> ord_status {
        const std::lock_guard lock(engine.mutex);
        for (auto& one : engine.subscriptions)
            if (one.handle == subscription && one.open) return one.open = false, ORD_OK;
        return ORD_E_HANDLE;
    });
}
// "*" stands for one segment, "#" for the rest.
inline bool topic_matches(const std::string& pattern, const std::string& topic) {
    size_t p = 0, t = 0;
    while (p < pattern.size() && t <= topic.size()) {
        const size_t p_end = std::min(pattern.find('.', p), pattern.size()),
                     t_end = std::min(topic.find('.', t), topic.size());
        const std::string wanted = pattern.substr(p, p_end - p);
        if (wanted == "#") return true;
        if (t >= topic.size() || (wanted != "*" && wanted != topic.substr(t, t_end - t)))
            return false;
        p = p_end + 1;
        t = t_end + 1;
    }
    return p >= pattern.size() && t >= topic.size();
}

}  // namespace ordinaut::testing::tables
