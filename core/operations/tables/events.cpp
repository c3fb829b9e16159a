#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> events_table() {
    return {
        {.id = "events.publish",
         .method = Method::kPost,
         .path = "/events",
         .scope = "events:publish",
         .effect = Effect::kWrite,
         .tag = "events",
         .summary = "Publish an event",
         .description = "Tasks of schedule_kind event and extensions that wait for its topic get "
                        "it, each task exactly one run. 503 while Redis cannot be reached: then it "
                        "was not published.",
         .input = "EventPublish",
         .output = "EventPublished",
         .success = 202,
         .example = R"({"topic":"orders.created","payload":{"order":42}})",
         .cli = "event publish",
         .mcp = "publish_event",
         .handler = publish_event},
        {.id = "events.topics",
         .method = Method::kGet,
         .path = "/events/topics",
         .scope = "events:publish",
         .tag = "events",
         .summary = "List topics that were published to",
         .input = "Nothing",
         .output = "EventTopics",
         .cli = "event topics",
         .handler = list_topics},
        {.id = "events.recent",
         .method = Method::kGet,
         .path = "/events/stream/recent",
         .scope = "events:publish",
         .tag = "events",
         .summary = "Show the newest events",
         .description =
             "What the host says of tasks and runs of others is left out, except for an admin.",
         .input = "EventsRecentQuery",
         .output = "EventsRecent",
         .example = R"({"count":20})",
         .cli = "event recent",
         .handler = recent_events},
        {.id = "events.cleanup",
         .method = Method::kDelete,
         .path = "/events/stream/cleanup",
         .scope = "queue:admin",
         .effect = Effect::kDestructive,
         .tag = "events",
         .summary = "Drop old events from the stream",
         .description = "Events that are still to be turned into work stay.",
         .input = "EventsCleanup",
         .output = "EventsCleaned",
         .example = R"({"max_age_hours":24})",
         .cli = "event cleanup",
         .handler = clean_events},
    };
}

}  // namespace ordinaut::operations
