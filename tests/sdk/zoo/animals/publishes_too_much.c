/* Publishes an event whose payload is larger than ord.events allows. */
#include <ordinaut/events.h>
#include <stdlib.h>
#include "zoo.h"
static void on_async(void* instance, const ord_async* answer) { (void)instance, (void)answer; }
static ord_status on_tool(void* instance, const ord_tool_call* call) {
    enum { kBytes = 300000 };
    const void* table = NULL;
    char* payload = malloc(kBytes);
    ord_event_publish event = {.struct_size = sizeof event, .token = 1, .topic = zoo_text("a.b")};
    ord_status status;
    (void)instance;
    if (payload == NULL ||
        zoo_host->get_interface(zoo_self, zoo_text("ord.events"), 1, &table, NULL) != ORD_OK)
        return free(payload), ORD_E_UNSUPPORTED;
    memset(payload, '1', kBytes);
    event.payload_json = (ord_str){payload, kBytes};
    status = ((const ord_events_v1*)table)->publish(zoo_self, &event);
    free(payload);
    if (status != ORD_E_LIMIT) return ORD_E_INTERNAL;
    return zoo_finish(call, "{\"refused\":true}"), ORD_OK;
}
ZOO(.on_tool = on_tool, .on_async = on_async)
