// A change as watchers are shown it.
#pragma once
#include <string>
#include <string_view>

#include "store/change_store.h"

namespace ordinaut::live {

struct Event {
    store::ChangeNote note;
    std::string json;   // {"type","at","task_id"?,"run_id"?,…}: one line.
    std::string frame;  // The same as a server-sent event, with its id.
};

Event make_event(store::ChangeNote note);

// "run.succeeded" → "run": the name of the server-sent event.
std::string_view kind_of(std::string_view type);

// One server-sent event. `data` has no line break.
std::string frame(const store::ChangePosition& id, std::string_view kind, std::string_view data);
// What replaces changes that cannot be told any more.
std::string resync_json(std::string_view reason);

}  // namespace ordinaut::live
