// The C++ side of timer.h. Included by ordinaut.hpp.
#pragma once
#include "instance.hpp"
#include "timer.h"

namespace ordinaut {

inline std::chrono::system_clock::time_point Host::now() const {
    int64_t unix_ns = 0;
    instance_->table<ord_timer_v1>("ord.timer").now(instance_->self(), &unix_ns, nullptr);
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::nanoseconds(unix_ns)));
}

inline Token Host::after(std::chrono::nanoseconds delay, OnAnswer done) const {
    Instance* const instance = instance_;
    return instance->ask(std::move(done), [=](uint64_t token) {
        const ord_timer_after timer{sizeof timer, 0, token,
                                    delay.count() > 0 ? static_cast<uint64_t>(delay.count()) : 0};
        return instance->table<ord_timer_v1>("ord.timer").after(instance->self(), &timer);
    });
}

}  // namespace ordinaut
