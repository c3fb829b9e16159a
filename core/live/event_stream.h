// GET /stream: a subscriber over HTTP, as server-sent events.
//
//   id: 7423-1911
//   event: run
//   data: {"type":"run.succeeded","task_id":…,"run_id":…,…}
//
// `id` is a position: sent back as Last-Event-ID it continues from there. Heartbeats are comments
// that carry one too, so that a client whose filter rarely fits does not fall behind. A client that
// leaves more than the transport's bound unsent is cut off: it comes back and continues. One that
// catches up is waited for instead.
#pragma once
#include "http/router.h"
#include "live/feed.h"

namespace ordinaut::live {

// Answers `request`, whose input is the query. Its caller is asked for anew with every heartbeat: a
// token that ended, or lost the right, ends the stream. kInvalid: the query; nothing was answered.
// `feed` must outlive the server.
Status open_event_stream(Feed& feed, http::StreamRequest request);

}  // namespace ordinaut::live
