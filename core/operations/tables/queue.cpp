#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> queue_table() {
    return {
        {.id = "queue.status",
         .method = Method::kGet,
         .path = "/queue",
         .scope = "runs:read",
         .tag = "queue",
         .summary = "Depth and lateness of the queue",
         .input = "Nothing",
         .output = "Queue",
         .cli = "queue status",
         .handler = queue_status},
        {.id = "queue.pause",
         .method = Method::kPost,
         .path = "/admin/queue/pause",
         .scope = "queue:admin",
         .effect = Effect::kWrite,
         .tag = "queue",
         .summary = "Pause the whole queue",
         .description =
             "Durable, for every process. Running attempts go on; schedules keep queueing.",
         .input = "Nothing",
         .output = "Queue",
         .cli = "queue pause",
         .handler = pause_queue},
        {.id = "queue.resume",
         .method = Method::kPost,
         .path = "/admin/queue/resume",
         .scope = "queue:admin",
         .effect = Effect::kWrite,
         .tag = "queue",
         .summary = "Resume the queue",
         .input = "Nothing",
         .output = "Queue",
         .cli = "queue resume",
         .handler = resume_queue},
        {.id = "live.stream",
         .method = Method::kGet,
         .path = "/stream",
         .scope = "runs:read",
         .tag = "live",
         .summary = "Follow changes as they happen",
         .description =
             "Server-sent events: `event` is `run`, `task`, `queue` or `extension`, `data` one "
             "change, `id` its position. Send the last `id` as Last-Event-ID to continue from "
             "there; `resync` in place of changes that can no longer be told means: read anew. "
             "Only what the caller may see is sent. Comments come as heartbeats.",
         .input = "LiveQuery",
         .output = "LiveChange",
         .example = R"({"state":"succeeded,failed"})",
         .streams = true,
         .handler = stream_elsewhere},
        {.id = "workers.list",
         .method = Method::kGet,
         .path = "/workers",
         .scope = "runs:read",
         .tag = "queue",
         .summary = "List processes and their load",
         .input = "Nothing",
         .output = "Workers",
         .cli = "worker list",
         .handler = list_workers},
    };
}

}  // namespace ordinaut::operations
