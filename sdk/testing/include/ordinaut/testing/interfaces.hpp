// Where the fake host's tables are found.
#pragma once
#include "tables.hpp"
#include "tables_background.hpp"
#include "tables_config.hpp"
#include "tables_events.hpp"
#include "tables_http.hpp"
#include "tables_kv.hpp"

namespace ordinaut::testing::tables {

// Lives as long as the process, as the ABI says.
template <class T>
const void* kept(const T& plain, Layout layout) {
    static const Placed<T> exact(plain, Layout::kPlain), guarded(plain, Layout::kGuarded),
        larger(plain, Layout::kLarger);
    return layout == Layout::kPlain     ? exact.get()
           : layout == Layout::kGuarded ? guarded.get()
                                        : larger.get();
}

inline const void* table_of(const std::string& name, Layout layout) {
    if (name == "ord.tools")
        return kept(ord_tools_v1{sizeof(ord_tools_v1), 0, register_tool, unregister_tool,
                                 report_progress, invoke, list_tools},
                    layout);
    if (name == "ord.http")
        return kept(ord_http_v1{sizeof(ord_http_v1), 0, add_route, respond, start_stream,
                                write_stream, end_stream},
                    layout);
    if (name == "ord.events")
        return kept(ord_events_v1{sizeof(ord_events_v1), 0, publish, subscribe, unsubscribe},
                    layout);
    if (name == "ord.background")
        return kept(ord_background_v1{sizeof(ord_background_v1), 0, spawn, stop_task, sleep_task,
                                      heartbeat},
                    layout);
    if (name == "ord.core")
        return kept(ord_core_v1{sizeof(ord_core_v1), 0, core_call, core_watch}, layout);
    if (name == "ord.kv")
        return kept(ord_kv_v1{sizeof(ord_kv_v1), 0, kv_get, kv_put, kv_erase, kv_scan}, layout);
    if (name == "ord.metrics")
        return kept(ord_metrics_v1{sizeof(ord_metrics_v1), 0, define_metric, record_metric,
                                   collect_metrics},
                    layout);
    if (name == "ord.timer") return kept(ord_timer_v1{sizeof(ord_timer_v1), 0, now, after}, layout);
    if (name == "ord.config")
        return kept(ord_config_v1{sizeof(ord_config_v1), 0, get_config, get_secret}, layout);
    if (name == "ord.log") return kept(ord_log_v1{sizeof(ord_log_v1), 0, write_log}, layout);
    return nullptr;
}
inline ord_status get_interface(ord_handle self, ord_str name, uint32_t major, const void** table,
                                uint32_t* minor) {
    return with(self, [&](Engine& engine) -> ord_status {
        if (table == nullptr) return ORD_E_INVALID;
        const void* found = major == 1 && engine.options().absent.count(from_c(name)) == 0
                                ? table_of(from_c(name), engine.options().layout)
                                : nullptr;
        if (found == nullptr) return ORD_E_UNSUPPORTED;
        *table = found;
        if (minor != nullptr) *minor = engine.options().layout == Layout::kLarger ? 99 : 0;
        return ORD_OK;
    });
}
inline const ord_host_v1* host_table(Layout layout) {
    const ord_host_v1 plain{sizeof(ord_host_v1),
                            layout == Layout::kLarger ? 99u : ORD_ABI_MINOR,
                            get_interface,
                            finish,
                            cancelled,
                            cancel,
                            log,
                            buf_release};
    static const Placed<ord_host_v1> exact(plain, Layout::kPlain), guarded(plain, Layout::kGuarded);
    static const Placed<ord_host_v1> larger(
        {plain.struct_size, 99u, get_interface, finish, cancelled, cancel, log, buf_release},
        Layout::kLarger);
    return layout == Layout::kPlain     ? exact.get()
           : layout == Layout::kGuarded ? guarded.get()
                                        : larger.get();
}

}  // namespace ordinaut::testing::tables
