// ord.http: what an extension calls to answer requests. Arguments are checked here; the request's
// own state decides.
#include <ordinaut/http.h>

#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/host_table.h"
#include "ext/http_call.h"
#include "ext/instance.h"
#include "ext/interface_tables.h"
#include "http/wire.h"

namespace ordinaut::ext {
namespace {

constexpr uint64_t kBodyBytesMax = 64u << 20;
constexpr uint64_t kPieceBytesMax = 1u << 20;
constexpr uint32_t kHeadersMax = 100;

// `step` gets the open request `inv`, which must be one of this instance's.
template <class Step>
ord_status with_request(Instance& instance, ord_handle inv, Step step) {
    const auto invocation = invocations().find(inv);
    if (invocation != nullptr && invocation->http() != nullptr && invocation->given_to(instance))
        return step(*invocation, *invocation->http());
    const Ended ended = invocations().remembered(inv);
    if (ended.by == EndedBy::kExtension && ended.instance == instance.self())
        instance.fault("answered one request twice; what came second is ignored");
    return ORD_E_HANDLE;
}

ord_status add_route(ord_handle self, const ord_route* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        Route route;
        route.method = text_of(given->method);
        route.pattern = text_of(given->pattern);
        route.token = given->token;
        if (given->body_max != 0) route.body_bytes_max = given->body_max;
        return instance.add_route(std::move(route), given->flags);
    });
}

// INVALID says in the log what is wrong, since nothing else would.
ord_status take_reply(Instance& instance, const ord_http_response& given, uint64_t body_bytes_max,
                      HttpReply& reply) {
    const auto refuse = [&](const std::string& why) {
        instance.fault("an answer was refused: " + why);
        return ORD_E_INVALID;
    };
    if (given.status < 200 || given.status > 599)
        return refuse("status " + std::to_string(given.status) + " is not within 200 to 599");
    if (given.body.len > body_bytes_max) return ORD_E_LIMIT;
    if (given.n_headers > kHeadersMax || (given.n_headers > 0 && given.headers == nullptr))
        return refuse("it has more than 100 headers, or null ones");
    reply.status = static_cast<int>(given.status);
    for (uint32_t n = 0; n < given.n_headers; ++n) {
        const auto name = text_of(given.headers[n].key), value = text_of(given.headers[n].value);
        if (!http::is_header(name, value))
            return refuse("the header '" + clean(name, 100) +
                          "' has a name or a value HTTP cannot carry");
        reply.headers.add(std::string(name), std::string(value));
    }
    reply.body = text_of(given.body);
    return ORD_OK;
}

ord_status note(Instance& instance, ord_status status, const char* mistake) {
    if (status == ORD_E_STATE) instance.fault(mistake);
    return status;
}

ord_status respond(ord_handle self, const ord_http_response* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        return with_request(
            instance, given->inv, [&](Invocation& invocation, HttpCall& call) -> ord_status {
                HttpReply reply;
                if (const ord_status refused = take_reply(instance, *given, kBodyBytesMax, reply);
                    refused != ORD_OK)
                    return refused;
                return note(instance, call.respond(invocation, std::move(reply)),
                            "called respond() after start(); a streamed answer goes on with "
                            "write() and end()");
            });
    });
}

ord_status start(ord_handle self, const ord_http_response* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        return with_request(
            instance, given->inv, [&](Invocation& invocation, HttpCall& call) -> ord_status {
                HttpReply reply;
                if (const ord_status refused = take_reply(instance, *given, kPieceBytesMax, reply);
                    refused != ORD_OK)
                    return refused;
                return note(instance, call.start(invocation, std::move(reply)),
                            "called start() twice for one request");
            });
    });
}

ord_status write(ord_handle self, const ord_http_write* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(given)) return ORD_E_INVALID;
        if (given->bytes.len > kPieceBytesMax) return ORD_E_LIMIT;
        return with_request(instance, given->inv, [&](Invocation&, HttpCall& call) {
            return note(instance, call.write(instance, given->token, text_of(given->bytes)),
                        "called write() before start()");
        });
    });
}

ord_status end(ord_handle self, ord_handle inv) {
    return with_instance(self, [&](Instance& instance) {
        return with_request(instance, inv, [&](Invocation& invocation, HttpCall& call) {
            return note(instance, call.end(invocation), "called end() before start()");
        });
    });
}

constexpr ord_http_v1 kHttp = {sizeof(ord_http_v1), 0, add_route, respond, start, write, end};

}  // namespace

const ord_http_v1& http_table() { return kHttp; }

}  // namespace ordinaut::ext
