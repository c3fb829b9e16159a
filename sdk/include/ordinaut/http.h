/* http.h: interface "ord.http", major 1: answer HTTP requests under /ext/<id>/. Needs the grant
 * ROUTES.
 *
 * A request arrives as on_http(). It is completed exactly once: by respond(), by start() … end(),
 * by the host's finish() with an error (answered in the server's one error shape), or by returning
 * anything but ORD_OK from on_http(). Errors become: INVALID 422, DENIED 403, NOT_FOUND 404,
 * CONFLICT 409, LIMIT 413, RATE_LIMITED 429, RETRYABLE, AGAIN, GONE and CANCELED 503, DEADLINE 504,
 * UNSUPPORTED 501, everything else 500. finish()'s json may say {"http_status": 400…599}. The
 * message reaches the client, but for INTERNAL, whose message is for the log. Not answered within
 * 30 s (or the "timeout_seconds" of the manifest's route): 504. The client going away is
 * on_cancel(inv); answering is still right. */
#ifndef ORDINAUT_HTTP_H
#define ORDINAUT_HTTP_H
#include "extension.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ord_http_request {
    uint32_t struct_size, n_headers, n_params, n_query;
    const ord_call* call;
    uint64_t route_token; /* as given to add_route */
    ord_str method, path; /* path: below /ext/<id>, percent-decoded, beginning with "/" */
    ord_str raw_query;    /* without "?" */
    /* names in lower case; Authorization and Cookie are the host's and left out */
    const ord_kv* headers;
    const ord_kv* params; /* of the pattern, decoded; "*" is the rest */
    const ord_kv* query;  /* decoded, in order, repeated names kept */
    ord_str body;         /* whole; at most the route's body_max */
};

/* The code counts on being reached without a token. The manifest alone decides that ("public": true
 * at the same method and path); where it says no, add_route() refuses this flag as INVALID. */
#define ORD_ROUTE_PUBLIC 1u

typedef struct {
    uint32_t struct_size, flags;
    uint64_t token; /* yours; comes back as route_token */
    /* "GET", …; empty = any. HEAD and OPTIONS are answered by the host where you have no route for
     * them. */
    ord_str method;
    /* "/hello", "/items/{id}", "/files/{*}" (the rest, last segment only). Literal beats parameter
     * beats rest. */
    ord_str pattern;
    uint64_t body_max; /* bytes; 0 = the server's limit, which no route can exceed */
} ord_route;

typedef struct {
    uint32_t struct_size, status; /* 200…599 */
    ord_handle inv;
    /* may be null when n_headers is 0. The host sets Date, Connection, Content-Length,
     * Transfer-Encoding. */
    const ord_kv* headers;
    uint32_t n_headers, reserved;
    ord_str body; /* start(): the first bytes, may be empty */
} ord_http_response;

typedef struct {
    uint32_t struct_size, reserved;
    ord_handle inv;
    uint64_t token; /* yours, unique among your unanswered downcalls; comes back after an AGAIN */
    ord_str bytes;
} ord_http_write;

typedef struct ord_http_v1 {
    uint32_t struct_size, minor;
    /* [control] In create() or start(). OK; DENIED: no ROUTES; CONFLICT: the same method and
     * pattern are there; INVALID: the pattern, the method or a flag (the reason is logged); LIMIT:
     * more than 1,000 routes; STATE: after start(). */
    ord_status (*add_route)(ord_handle self, const ord_route* route);
    /* [any] The whole answer; completes `inv`. OK; HANDLE: completed already; INVALID: status or a
     * header (nothing was sent, the request stays open); LIMIT: over 64 MiB; STATE: after start().
     */
    ord_status (*respond)(ord_handle self, const ord_http_response* response);
    /* [any] Status, headers and first bytes (at most 1 MiB) of a streamed answer; write() and end()
     * follow. It lifts the deadline. The client going away and the extension's stop cancel it:
     * on_cancel(inv); end() is then still right and harmless, and finish() with an error cuts the
     * connection. As respond(); STATE: started already. */
    ord_status (*start)(ord_handle self, const ord_http_response* response);
    /* [any] More bytes, taken whole or not at all. OK; AGAIN: nothing was taken, one
     * on_async(token, WRITABLE|END) says when to try again (its status is GONE when there is no
     * more use); GONE: the client left; HANDLE; STATE: before start(); LIMIT: over 1 MiB at once.
     */
    ord_status (*write)(ord_handle self, const ord_http_write* write);
    /* [any] The end of a streamed answer; completes `inv`. OK; HANDLE; STATE: before start(). */
    ord_status (*end)(ord_handle self, ord_handle inv);
} ord_http_v1;

ORD_STATIC_ASSERT(
    offsetof(ord_http_request, call) == 16 && offsetof(ord_http_request, route_token) == 24 &&
        offsetof(ord_http_request, method) == 32 && offsetof(ord_http_request, path) == 48 &&
        offsetof(ord_http_request, raw_query) == 64 && offsetof(ord_http_request, headers) == 80 &&
        offsetof(ord_http_request, params) == 88 && offsetof(ord_http_request, query) == 96 &&
        offsetof(ord_http_request, body) == 104 && sizeof(ord_http_request) == 120,
    "ord_http_request");
ORD_STATIC_ASSERT(offsetof(ord_route, token) == 8 && offsetof(ord_route, method) == 16 &&
                      offsetof(ord_route, pattern) == 32 && offsetof(ord_route, body_max) == 48 &&
                      sizeof(ord_route) == 56,
                  "ord_route");
ORD_STATIC_ASSERT(offsetof(ord_http_response, inv) == 8 &&
                      offsetof(ord_http_response, headers) == 16 &&
                      offsetof(ord_http_response, n_headers) == 24 &&
                      offsetof(ord_http_response, body) == 32 && sizeof(ord_http_response) == 48,
                  "ord_http_response");
ORD_STATIC_ASSERT(offsetof(ord_http_write, inv) == 8 && offsetof(ord_http_write, token) == 16 &&
                      offsetof(ord_http_write, bytes) == 24 && sizeof(ord_http_write) == 40,
                  "ord_http_write");
ORD_STATIC_ASSERT(offsetof(ord_http_v1, add_route) == 8 && offsetof(ord_http_v1, respond) == 16 &&
                      offsetof(ord_http_v1, start) == 24 && offsetof(ord_http_v1, write) == 32 &&
                      offsetof(ord_http_v1, end) == 40 && sizeof(ord_http_v1) == 48,
                  "ord_http_v1");

#ifdef __cplusplus
}
#endif
#endif
