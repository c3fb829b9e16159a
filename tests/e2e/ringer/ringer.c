/* Rings at a door: one request to a port of this machine, whose answer it waits for. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <ordinaut/tools.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const ord_host_v1* host;
static int instance_of_all;

static ord_str text(const char* of) { return (ord_str){of, strlen(of)}; }

static ord_status create(const ord_host_v1* given, ord_handle self, ord_str config,
                         void** instance) {
    const ord_tool_spec ring = {.struct_size = sizeof ring, .name = text("ring")};
    const void* tools = NULL;
    (void)config;
    host = given;
    *instance = &instance_of_all;
    if (host->get_interface(self, text("ord.tools"), 1, &tools, NULL) != ORD_OK)
        return ORD_E_UNSUPPORTED;
    return ((const ord_tools_v1*)tools)->register_tool(self, &ring);
}

/* The schema has seen to what stands in the input: {"port":…,"who":"…"} in some order. */
static void read_input(const char* json, int* port, char who[65]) {
    *port = atoi(strstr(json, "\"port\":") + strlen("\"port\":"));
    sscanf(strstr(json, "\"who\":\"") + strlen("\"who\":\""), "%64[^\"]", who);
}

static int ring(int port, const char* who) {
    char message[160], answer[256];
    struct sockaddr_in door = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int size =
        snprintf(message, sizeof message, "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n", who);
    ssize_t heard = 0;
    door.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(line, (const struct sockaddr*)&door, sizeof door) == 0 &&
        send(line, message, (size_t)size, MSG_NOSIGNAL) == size)
        heard = recv(line, answer, sizeof answer, 0);
    close(line);
    return heard > 0;
}

static ord_status on_tool(void* instance, const ord_tool_call* call) {
    char json[256], who[65];
    int port = 0;
    (void)instance;
    if (call->input_json.len >= sizeof json) return ORD_E_TERMINAL;
    memcpy(json, call->input_json.ptr, call->input_json.len);
    json[call->input_json.len] = 0;
    read_input(json, &port, who);
    if (!ring(port, who)) return ORD_E_TERMINAL;
    return host->finish(call->call->inv, ORD_OK, text("{\"heard\":true}"), text(""));
}

static ord_status start(void* instance) { return (void)instance, ORD_OK; }
static void quiesce(void* instance, uint64_t deadline_ns) { (void)instance, (void)deadline_ns; }
static void stop(void* instance) { (void)instance; }

ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = {
        .struct_size = sizeof(ord_extension_v1),
        .abi_major = ORD_ABI_MAJOR,
        .abi_minor = ORD_ABI_MINOR,
        .max_concurrency = 4,
        .id = {ORDINAUT_EXTENSION_ID, sizeof(ORDINAUT_EXTENSION_ID) - 1},
        .version = {ORDINAUT_EXTENSION_VERSION, sizeof(ORDINAUT_EXTENSION_VERSION) - 1},
        .create = create,
        .start = start,
        .quiesce = quiesce,
        .stop = stop,
        .destroy = stop,
        .on_tool = on_tool};
    return &table;
}
