/* tools.h: interface "ord.tools", major 1: offer tools to pipelines and callers, and call the tools
 * of others. register_tool and unregister_tool need the grant TOOLS; the rest needs none: the
 * caller's scopes decide. */
#ifndef ORDINAUT_TOOLS_H
#define ORDINAUT_TOOLS_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a repeated call does to the world; decides what happens when a worker dies in the middle. */
#define ORD_EFFECT_IDEMPOTENT 0u
#define ORD_EFFECT_PURE 1u
#define ORD_EFFECT_AT_MOST_ONCE 2u

typedef struct {
    uint32_t struct_size, effect;
    ord_str name; /* without the extension's id: "greet" is called as "<id>.greet" */
    /* For a tool of the manifest these may stay empty; what is given must equal the manifest. For
     * any other tool an empty input schema means any object, an empty output schema anything. */
    ord_str description, input_schema_json, output_schema_json;
} ord_tool_spec;

typedef struct {
    uint32_t struct_size, permille;
    ord_handle inv;
    ord_str message;
} ord_tool_progress;

typedef struct {
    uint32_t struct_size, reserved;
    ord_handle inv;       /* the call is made for its caller; 0 = for the extension itself */
    uint64_t token;       /* yours, unique among your unanswered downcalls */
    uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 = that of `inv` */
    ord_str name;         /* full name, "http.request" */
    ord_str input_json;   /* one object */
} ord_tool_invoke;

typedef struct ord_tools_v1 {
    uint32_t struct_size, minor;
    /* [any] OK; DENIED: no TOOLS; CONFLICT: registered already; INVALID: the name or a schema (the
     * reason is logged); LIMIT: more than 1,000 tools. */
    ord_status (*register_tool)(ord_handle self, const ord_tool_spec* spec);
    /* [any] Calls under way go on. OK; DENIED; NOT_FOUND. */
    ord_status (*unregister_tool)(ord_handle self, ord_str name);
    /* [any] How far an invocation is, 0 to 1000. OK; HANDLE: nobody waits for it any more. */
    ord_status (*progress)(ord_handle self, const ord_tool_progress* progress);
    /* [any] Calls a tool. OK: exactly one on_async with this token follows. CONFLICT: the token is
     * in use; DENIED: inv = 0 and the extension has no identity; HANDLE: `inv` is not an open
     * invocation; LIMIT: too many unanswered downcalls. */
    ord_status (*invoke)(ord_handle self, const ord_tool_invoke* call);
    /* [any] OK: *out holds a JSON array of {name, description, effect, input_schema, output_schema,
     * extension_id, mcp_name?}; mcp_name: the manifest offers it to assistants, under this name. */
    ord_status (*list)(ord_handle self, ord_buf* out);
} ord_tools_v1;

ORD_STATIC_ASSERT(offsetof(ord_tool_spec, name) == 8 &&
                      offsetof(ord_tool_spec, description) == 24 &&
                      offsetof(ord_tool_spec, input_schema_json) == 40 &&
                      offsetof(ord_tool_spec, output_schema_json) == 56 &&
                      sizeof(ord_tool_spec) == 72,
                  "ord_tool_spec");
ORD_STATIC_ASSERT(offsetof(ord_tool_progress, inv) == 8 &&
                      offsetof(ord_tool_progress, message) == 16,
                  "ord_tool_progress");
ORD_STATIC_ASSERT(offsetof(ord_tool_invoke, inv) == 8 && offsetof(ord_tool_invoke, token) == 16 &&
                      offsetof(ord_tool_invoke, deadline_ns) == 24 &&
                      offsetof(ord_tool_invoke, name) == 32 &&
                      offsetof(ord_tool_invoke, input_json) == 48 && sizeof(ord_tool_invoke) == 64,
                  "ord_tool_invoke");
ORD_STATIC_ASSERT(offsetof(ord_tools_v1, register_tool) == 8 &&
                      offsetof(ord_tools_v1, unregister_tool) == 16 &&
                      offsetof(ord_tools_v1, progress) == 24 &&
                      offsetof(ord_tools_v1, invoke) == 32 && offsetof(ord_tools_v1, list) == 40 &&
                      sizeof(ord_tools_v1) == 48,
                  "ord_tools_v1");

#ifdef __cplusplus
}
#endif
#endif
