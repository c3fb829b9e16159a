// The fake host's C functions: ord.config and ord.timer.
#pragma once
#include "ordinaut/config.h"
#include "ordinaut/timer.h"
#include "tables.hpp"

namespace ordinaut::testing::tables {

inline ord_status get_config(ord_handle self, ord_str key, ord_buf* out) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        if (key.len == 0) return *out = engine.make_buffer(engine.options().config_json), ORD_OK;
        const auto found = JsonScan::member(engine.options().config_json, from_c(key));
        if (!found) return ORD_E_NOT_FOUND;
        return *out = engine.make_buffer(*found), ORD_OK;
    });
}
inline ord_status get_secret(ord_handle self, ord_str name, ord_buf* out) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        std::string text;
        {
            const std::lock_guard lock(engine.mutex);
            const auto found = engine.secrets.find(from_c(name));
            if (found == engine.secrets.end()) return ORD_E_NOT_FOUND;
            text = found->second;
        }
        return *out = engine.make_buffer(text), ORD_OK;
    });
}

// ── ord.timer ──
inline ord_status now(ord_handle self, int64_t* unix_ns, uint64_t* monotonic_ns) {
    return with(self, [&](Engine& engine) {
        const std::lock_guard lock(engine.mutex);
        if (unix_ns != nullptr) *unix_ns = engine.unix_ns();
        if (monotonic_ns != nullptr) *monotonic_ns = engine.now_ns;
        return ORD_OK;
    });
}
inline ord_status after(ord_handle self, const ord_timer_after* timer) {
    return with(self, timer, "ord_timer_after", [&](Engine& engine) -> ord_status {
        if (timer->delay_ns > 366ULL * 86'400'000'000'000ULL) return ORD_E_INVALID;
        const uint64_t token = timer->token;
        if (const ord_status status =
                engine.ask(token, [&engine, token] { engine.forget_timer(token); });
            status != ORD_OK)
            return status;
        const std::lock_guard lock(engine.mutex);
        engine.at(engine.now_ns + timer->delay_ns, token,
                  [&engine, token] { engine.answer(token, {}); });
        return ORD_OK;
    });
}

}  // namespace ordinaut::testing::tables
