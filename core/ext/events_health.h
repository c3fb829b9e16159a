// What becomes of an extension's events: the streams it has, who reads them and how far they are.
#pragma once
#include <string>

#include "events/event_streams.h"
#include "ext/host.h"

namespace ordinaut::ext {

// Schema ExtensionEvents. Asks `streams` only for an extension that may have events. Errors of
// EventStreams.
Result<std::string> events_health_json(const ExtensionInfo& info, events::EventStreams& streams);

}  // namespace ordinaut::ext
