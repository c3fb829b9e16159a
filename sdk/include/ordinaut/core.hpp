// The C++ side of core.h's watch. Included by ordinaut.hpp.
//
//   host.watch(nullptr, R"({"types":["run.failed"]})", [](std::string_view change) { note(change);
//   });
#pragma once
#include "core.h"
#include "instance.hpp"

namespace ordinaut {

inline void Instance::expect(uint64_t token, OnChange change) {
    const std::lock_guard lock(mutex_);
    watching_[token] = std::make_shared<OnChange>(std::move(change));
}
inline void Instance::on_change(const ord_async& message) {
    std::shared_ptr<OnChange> change;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = watching_.find(message.token); found != watching_.end())
            change = found->second;
    }
    if (change != nullptr) (*change)(to_view(message.bytes));
}

inline Token Host::watch(const Completion* call, std::string_view filter_json, OnChange change,
                         OnAnswer ended) const {
    Instance* const instance = instance_;
    const ord_handle inv = call == nullptr ? 0 : call->inv();
    if (!ended) {
        ended = [host = *this](const Answer& answer) {
            if (answer.status != ORD_E_CANCELED)
                host.log(Level::kWarn, "a watch has ended: " + answer.message);
        };
    }
    return instance->ask(std::move(ended), [&, inv](uint64_t token) {
        instance->expect(token, std::move(change));
        const ord_core_watch watch{sizeof watch, 0, inv, token, to_ord(filter_json)};
        return instance->table<ord_core_v1>("ord.core").watch(instance->self(), &watch);
    });
}

}  // namespace ordinaut
