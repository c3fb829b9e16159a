// What an answer of a condition means: whether it is an edge. Pure; docs/conditions.md is the
// contract.
//
// An answer is a JSON value, or unknown. Unknown is neither true nor false: it is noted, and
// nothing else changes. The first answer (of a new condition, after a change of it, and after a
// pause) is what later ones are compared with: no edge for `rising` and `change`.
//
//   rising  fires when answers have been true for `for_seconds` after a false one
//   level   fires at every evaluation while answers have been true for `for_seconds`
//   change  fires when answers have been equal for `for_seconds` and differ from the last settled
//
// No two edges lie closer than `cooldown_seconds`. An edge of `rising` or `change` that comes
// sooner waits: it fires when the cooldown is over, if it still holds then, and is recorded as not
// run (`cooldown`) if not.
#pragma once
#include "store/condition_store.h"

namespace ordinaut::condition {

// `verdict.event_json` is {source, value, previous, at}. `now` never goes back between calls.
store::ConditionVerdict judge(const store::ConditionAnswer& answer, const ConditionState& before,
                              WallTime now);

// Why an edge does not run that ended while it waited for the cooldown.
inline constexpr std::string_view kCooldownReason = "cooldown";

}  // namespace ordinaut::condition
