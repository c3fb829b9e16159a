// Time enters through a Clock, so that tests move it by hand.
//
// WallTime is UTC with microseconds (what PostgreSQL keeps). MonoTime only measures durations
// within this process. The *database* clock decides leases, due times and misfires; this one only
// makes a worker stop early.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using MonoTime = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual WallTime wall_now() const = 0;
    virtual MonoTime mono_now() const = 0;
};

// The machine's clocks. Thread-safe.
class SystemClock final : public Clock {
public:
    WallTime wall_now() const override;
    MonoTime mono_now() const override;
};

// Stands still until moved. Thread-safe.
class ManualClock final : public Clock {
public:
    explicit ManualClock(WallTime start);
    ~ManualClock() override;
    WallTime wall_now() const override;
    MonoTime mono_now() const override;
    void advance(std::chrono::microseconds by);  // Moves both clocks forward.
    void set_wall(WallTime to);                  // A clock step: only the wall clock jumps.

private:
    struct State;
    State* state_;
};

// RFC 3339 in UTC, "2026-03-01T08:00:00Z"; a fraction is written only when there is one.
std::string format_time(WallTime time);
// RFC 3339 with 'Z' or an offset; seconds required, up to 9 fraction digits (cut to microseconds).
// kMalformed says what is wrong. Years 0001–9999. A leap second (:60) is read as :59.
Result<WallTime> parse_time(std::string_view text);

}  // namespace ordinaut
