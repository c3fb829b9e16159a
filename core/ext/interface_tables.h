// The tables of functions that find_interface() hands out; each lives as long as the process.
#pragma once
#include <ordinaut/log.h>
#include <ordinaut/metrics.h>
#include <ordinaut/timer.h>

namespace ordinaut::ext {

const ord_log_v1& log_table();
const ord_metrics_v1& metrics_table();
const ord_timer_v1& timer_table();

}  // namespace ordinaut::ext
