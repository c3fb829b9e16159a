// The tables of functions that find_interface() hands out; each lives as long as the process.
#pragma once
#include <ordinaut/background.h>
#include <ordinaut/events.h>
#include <ordinaut/http.h>
#include <ordinaut/kv.h>
#include <ordinaut/log.h>
#include <ordinaut/metrics.h>
#include <ordinaut/timer.h>

namespace ordinaut::ext {

const ord_background_v1& background_table();
const ord_events_v1& events_table();
const ord_kv_v1& kv_table();
const ord_log_v1& log_table();
const ord_http_v1& http_table();
const ord_metrics_v1& metrics_table();
const ord_timer_v1& timer_table();

}  // namespace ordinaut::ext
