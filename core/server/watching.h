// Extensions that watch (ord.core) among the feed's subscribers.
#pragma once
#include "ext/seams.h"
#include "live/feed.h"

namespace ordinaut::server {

// Watching needs the scope runs:read, now and with every heartbeat of the feed. Whatever changes
// after watch() has returned comes: it asks the store where it begins. Both must outlive all
// watches.
ext::Watcher watcher(live::Feed& feed, store::ChangeStore& changes);

}  // namespace ordinaut::server
