// Someone who wants to be told of changes.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "live/event.h"

namespace ordinaut::live {

enum class Took {
    kYes,
    kFull,  // Nothing of it: told again, from the store, after Feed::resume().
    kGone   // And nothing more, ever: it is forgotten.
};

// Called by the feed's thread alone, one call at a time, but for may_go_on(); must not block.
class Subscriber {
public:
    virtual ~Subscriber() = default;

    // First. Changes after `at` follow.
    virtual Took joined(const store::ChangePosition& at) = 0;
    // In order, one at least. All that fits it up to `upto` has then been told. `live`: as they
    // happen; else what was missed, which can wait.
    virtual Took take(const std::vector<const Event*>& events, const store::ChangePosition& upto,
                      bool live) = 0;
    // Changes before `at` cannot be told, for `reason`: whatever is known of them must be read
    // anew.
    virtual Took resync(const store::ChangePosition& at, std::string_view reason) = 0;
    // Every now and then, whether or not anything happened. All up to `at` has been told.
    virtual Took beat(const store::ChangePosition& at) = 0;
    // As often as beat(), by another thread, one call at a time: may take its time, and waits for
    // those of other subscribers. False: refused() follows.
    virtual bool may_go_on() = 0;
    // Last, unless it was gone: it may not go on.
    virtual void refused() = 0;
    // Last, unless it was gone or refused: it left, or the feed stops.
    virtual void left() = 0;
};

}  // namespace ordinaut::live
