// ord.events: publish events, and receive them.
#include "base/id.h"
#include "base/json.h"
#include "events/event_bus.h"
#include "events/topic_pattern.h"
#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kPayloadBytesMax = 256 << 10, kEventIdBytesMax = 200;
constexpr int kCausationDepthMax = 8;
constexpr uint64_t kAckTimeoutMin = 10'000'000, kAckTimeoutMax = 24ull * 3600 * 1'000'000'000;
constexpr uint32_t kInFlightMax = 1000;
// What the host makes up is remembered only as long as it tries to publish it.
constexpr std::chrono::seconds kRememberOwn{60}, kRememberGiven{24 * 3600};

bool is_word(std::string_view text, std::string_view letters) {
    return !text.empty() && text.size() <= 64 &&
           text.find_first_not_of(letters) == std::string_view::npos;
}
bool is_namespace(std::string_view ns) {
    return is_word(ns, "abcdefghijklmnopqrstuvwxyz0123456789_");
}
bool is_group(std::string_view group) {
    return is_word(group, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
}
bool is_entry_id(std::string_view id) {
    const auto digits = [](std::string_view text) {
        return !text.empty() && text.size() <= 19 &&
               text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    const size_t dash = id.find('-');
    return digits(id.substr(0, dash)) &&
           (dash == std::string_view::npos || digits(id.substr(dash + 1)));
}

ord_status refuse(Instance& instance, std::string_view what, const std::string& why,
                  ord_status status = ORD_E_INVALID) {
    instance.log(ORD_LOG_ERROR, std::string(what) + " is refused: " + clean(why, 500), {}, nullptr);
    return status;
}

// What is wrong with it; empty: nothing. The size of the payload is looked at before.
std::string complaint(const ord_event_publish& given) {
    if (given.ns.len != 0 && !is_namespace(text_of(given.ns)))
        return "the namespace must be [a-z0-9_]{1,64}, or empty for the spine";
    events::NewEvent event;
    event.topic = text_of(given.topic);
    if (const auto checked = events::check(event); !checked.ok()) return checked.error().message;
    const std::string_view id = text_of(given.event_id);
    if (id.size() > kEventIdBytesMax || !is_utf8(id) || id.find('\0') != std::string_view::npos)
        return "event_id must be at most 200 bytes of text";
    if (given.payload_json.len == 0) return {};
    const auto json = parse_json(text_of(given.payload_json), {.bytes_max = kPayloadBytesMax});
    return json.ok() ? "" : "the payload: " + json.error().message;
}

// Where the event comes from. HANDLE: `inv` is not an open call of this extension; LIMIT: too long
// a chain.
ord_status trace_back(Instance& instance, ord_handle inv, events::NewStreamEntry& entry) {
    if (inv == 0) return ORD_OK;
    const auto invocation = invocations().find(inv);
    if (invocation == nullptr) return ORD_E_HANDLE;
    entry.trace_id = invocation->call().trace_id;
    entry.causation_id = invocation->call().run_id;
    entry.causation_depth = invocation->call().causation_depth;
    if (const auto cause = instance.subscriptions().cause_of(inv)) entry.causation_id = *cause;
    if (entry.causation_depth <= kCausationDepthMax) return ORD_OK;
    instance.fault("published '" + entry.topic + "' at the end of a chain of " +
                   std::to_string(kCausationDepthMax) +
                   " events, each caused by the one before; refused, lest it goes round in a loop");
    return ORD_E_LIMIT;
}

LateAnswer append(events::EventStreams& streams, const events::StreamRef& stream,
                  const events::NewStreamEntry& entry) {
    auto id = streams.append(stream, entry);
    // Its id makes it the same event: a second try cannot publish it twice.
    if (!id.ok() && id.error().code == ErrorCode::kInDoubt) id = streams.append(stream, entry);
    if (!id.ok()) return late_error(id.error());
    return {ORD_OK, "", JsonWriter().begin_object().field("id", *id).end_object().take()};
}

ord_status publish(ord_handle self, const ord_event_publish* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (!instance.grants().has(Grant::kEventsPub)) {
            instance.fault("published '" + clean(text_of(given->topic), 200) +
                           "' without the grant EVENTS_PUB");
            return ORD_E_DENIED;
        }
        if (given->payload_json.len > kPayloadBytesMax)
            return refuse(instance, "an event",
                          "the payload has " + std::to_string(given->payload_json.len) +
                              " bytes, at most " + std::to_string(kPayloadBytesMax) +
                              " are allowed",
                          ORD_E_LIMIT);
        auto* const streams = instance.context().seams.streams;
        if (streams == nullptr) return ORD_E_UNSUPPORTED;
        if (const auto wrong = complaint(*given); !wrong.empty())
            return refuse(instance, "an event", wrong);
        const std::string& id = instance.manifest().id;
        events::NewStreamEntry entry;
        entry.topic = text_of(given->topic);
        entry.payload_json =
            given->payload_json.len == 0 ? "null" : std::string(text_of(given->payload_json));
        entry.source = id;
        entry.event_id =
            given->event_id.len == 0 ? new_id() : std::string(text_of(given->event_id));
        entry.remember = given->event_id.len == 0 ? kRememberOwn : kRememberGiven;
        if (const ord_status refused = trace_back(instance, given->inv, entry); refused != ORD_OK)
            return refused;
        const events::StreamRef stream{
            given->ns.len == 0 ? "" : id + ":" + std::string(text_of(given->ns)), entry.topic};
        return answer_later(instance, given->token, [streams, stream, entry = std::move(entry)] {
            return append(*streams, stream, entry);
        });
    });
}

std::string complaint(const ord_event_subscription& given) {
    if (given.ns.len != 0 && !is_namespace(text_of(given.ns)))
        return "the namespace must be [a-z0-9_]{1,64}, or empty for the spine";
    if (const auto checked = events::check_pattern(text_of(given.topic)); !checked.ok())
        return checked.error().message;
    if (given.group.len != 0 && !is_group(text_of(given.group)))
        return "the group must be [A-Za-z0-9_-]{1,64}, or empty to look on";
    if (given.from_id.len != 0 && !is_entry_id(text_of(given.from_id)))
        return "from_id must be empty, 0 or the id of an event";
    if (given.ack_timeout_ns != 0 &&
        (given.ack_timeout_ns < kAckTimeoutMin || given.ack_timeout_ns > kAckTimeoutMax))
        return "ack_timeout must be 10 ms to 24 h";
    if (given.max_in_flight > kInFlightMax) return "max_in_flight must be at most 1000";
    return {};
}

ord_status subscribe(ord_handle self, const ord_event_subscription* given,
                     ord_handle* subscription) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given) || subscription == nullptr) return ORD_E_INVALID;
        if (!instance.grants().has(Grant::kEventsSub)) {
            instance.fault("subscribed to '" + clean(text_of(given->topic), 200) +
                           "' without the grant EVENTS_SUB");
            return ORD_E_DENIED;
        }
        if (const auto wrong = complaint(*given); !wrong.empty())
            return refuse(instance, "a subscription", wrong);
        SubscriptionPlan plan;
        plan.ns = text_of(given->ns);
        plan.topic = text_of(given->topic);
        plan.group = text_of(given->group);
        plan.from_id = given->from_id.len == 0 ? "$" : std::string(text_of(given->from_id));
        if (given->ack_timeout_ns != 0)
            plan.ack_timeout = std::chrono::ceil<std::chrono::milliseconds>(
                std::chrono::nanoseconds(given->ack_timeout_ns));
        if (given->max_in_flight != 0) plan.in_flight_max = static_cast<int>(given->max_in_flight);
        if (given->max_deliveries != 0)
            plan.deliveries_max =
                static_cast<int>(std::min<uint32_t>(given->max_deliveries, 1'000'000));
        return instance.subscribe(std::move(plan), subscription);
    });
}

ord_status unsubscribe(ord_handle self, ord_handle subscription) {
    return with_instance(self, [&](Instance& instance) {
        return instance.subscriptions().unsubscribe(instance, subscription);
    });
}

}  // namespace

const ord_events_v1& events_table() {
    static constexpr ord_events_v1 kTable = {sizeof(ord_events_v1), 0, publish, subscribe,
                                             unsubscribe};
    return kTable;
}

}  // namespace ordinaut::ext
