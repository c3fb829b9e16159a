/* Every struct and table of the ABI, reachable from one exported function each, for abidw to
 * describe. */
#include <ordinaut/background.h>
#include <ordinaut/config.h>
#include <ordinaut/core.h>
#include <ordinaut/events.h>
#include <ordinaut/extension.h>
#include <ordinaut/http.h>
#include <ordinaut/kv.h>
#include <ordinaut/log.h>
#include <ordinaut/metrics.h>
#include <ordinaut/timer.h>
#include <ordinaut/tools.h>

#define SHOW(type)                               \
    ORD_EXPORT void show_##type(const type* it); \
    void show_##type(const type* it) { (void)it; }

SHOW(ord_extension_v1)
SHOW(ord_host_v1)
SHOW(ord_buf)
SHOW(ord_async)
SHOW(ord_http_v1)
SHOW(ord_tools_v1)
SHOW(ord_events_v1)
SHOW(ord_background_v1)
SHOW(ord_core_v1)
SHOW(ord_kv_v1)
SHOW(ord_metrics_v1)
SHOW(ord_timer_v1)
SHOW(ord_config_v1)
SHOW(ord_log_v1)
