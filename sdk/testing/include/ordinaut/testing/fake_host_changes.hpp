// FakeHost: what happens to watches of ord.core. Included by fake_host_calls.hpp.
#pragma once
#include "fake_host.hpp"

namespace ordinaut::testing {

inline void FakeHost::emit_change(const std::string& change_json) {
    for (const auto& [token, watch] : watches()) {
        bool over = false;
        {
            const std::lock_guard lock(engine_->mutex);
            const auto caller = watch.inv == 0 ? nullptr : engine_->find(watch.inv);
            over = caller != nullptr && caller->ended;
            if (over) engine_->watches.erase(token);
        }
        if (over)
            engine_->answer(token, {ORD_E_CANCELED, {}, "the call has ended"});
        else
            engine_->answer(token, {ORD_OK, change_json, {}}, ORD_ASYNC_DATA);
    }
    settle();
}
inline void FakeHost::end_watches(ord_status status, const std::string& message) {
    std::map<uint64_t, Watched> open;
    {
        const std::lock_guard lock(engine_->mutex);
        open.swap(engine_->watches);
    }
    for (const auto& [token, watch] : open) engine_->answer(token, {status, {}, message});
    settle();
}

}  // namespace ordinaut::testing
