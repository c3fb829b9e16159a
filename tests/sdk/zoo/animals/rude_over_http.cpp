// Breaks the rules of ord.http, one way per route, and says which statuses it got.
#include <ordinaut/http.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

const ord_host_v1* host;
const ord_http_v1* http;
ord_handle own;
int nothing;

ord_str str(std::string_view text) { return {text.data(), text.size()}; }

ord_http_response reply(ord_handle inv, std::string_view body, uint32_t status = 200) {
    ord_http_response response{};
    response.struct_size = sizeof response;
    response.status = status;
    response.inv = inv;
    response.body = str(body);
    return response;
}
ord_status answer(ord_handle inv, const std::string& body, uint32_t status = 200) {
    const auto response = reply(inv, body, status);
    return http->respond(own, &response);
}
ord_status start(ord_handle inv, std::string_view body) {
    const auto response = reply(inv, body);
    return http->start(own, &response);
}
ord_status write(ord_handle inv, const std::string& bytes) {
    const ord_http_write piece{sizeof piece, 0, inv, 1, str(bytes)};
    return http->write(own, &piece);
}
ord_status add(const char* method, const char* pattern, uint32_t flags = 0) {
    const ord_route route{sizeof route, flags, 0, str(method), str(pattern), 0};
    return http->add_route(own, &route);
}
// Its elements are evaluated in order.
std::string list(std::initializer_list<ord_status> statuses) {
    std::string text;
    for (const ord_status status : statuses)
        text += (text.empty() ? "" : ",") + std::to_string(status);
    return text;
}

ord_status create(const ord_host_v1* given, ord_handle self, ord_str, void** instance) {
    const void* table = nullptr;
    uint32_t minor = 0;
    host = given;
    own = self;
    *instance = &nothing;
    if (host->get_interface(self, str("ord.http"), 1, &table, &minor) != ORD_OK)
        return ORD_E_INTERNAL;
    http = static_cast<const ord_http_v1*>(table);
    if (const ord_status added = add("GET", "/{how}"); added != ORD_OK) return added;
    if (add("GET", "/{other_name}") != ORD_E_CONFLICT || add("get", "/x") != ORD_E_INVALID ||
        add("GET", "x") != ORD_E_INVALID || add("GET", "/{*}/x") != ORD_E_INVALID ||
        add("GET", "/public", ORD_ROUTE_PUBLIC) != ORD_E_INVALID ||
        http->add_route(own, nullptr) != ORD_E_INVALID ||
        http->add_route(own + 1, nullptr) != ORD_E_HANDLE)
        return ORD_E_INTERNAL;
    return ORD_OK;
}

std::string last;  // What the second answer of the request before got.

ord_status on_http(void*, const ord_http_request* request) {
    const ord_handle inv = request->call->inv;
    const std::string how(request->params[0].value.ptr, request->params[0].value.len);
    if (how == "last") return answer(inv, last);
    if (how == "twice") {
        const ord_status first = answer(inv, "first");
        const ord_status second = answer(inv, "second");
        last = list({first, second, host->finish(inv, ORD_E_TERMINAL, str(""), str("third"))});
    } else if (how == "respond_after_start") {
        start(inv, "started,");
        write(inv, list({answer(inv, "x"), start(inv, "x")}));
        return http->end(own, inv);
    } else if (how == "end_twice") {
        start(inv, "whole");
        const ord_status first = http->end(own, inv);
        const ord_status second = http->end(own, inv);
        last = list({first, second, write(inv, "more")});
    } else if (how == "before_start") {
        const std::string got = list({write(inv, "x"), http->end(own, inv)});
        return answer(inv, got);
    } else if (how == "bad_status") {
        const std::string got = list({answer(inv, "x", 99), answer(inv, "x", 600)});
        return answer(inv, got);
    } else if (how == "finish_ok") {
        const std::string got = list({host->finish(inv, ORD_OK, str("{}"), str(""))});
        return answer(inv, got);
    } else if (how == "foreign") {
        const std::string got = list({answer(inv + 1, "x"), http->end(own, 0)});
        return answer(inv, got);
    } else if (how == "late_route") {
        return answer(inv, list({add("GET", "/late")}));
    } else if (how == "returns") {
        return ORD_E_NOT_FOUND;
    } else if (how == "returns_after") {
        answer(inv, "answered");
        return ORD_E_TERMINAL;
    } else if (how == "throws") {
        throw std::runtime_error("boom");
    } else if (how == "limited") {
        return host->finish(
            inv, ORD_E_RATE_LIMITED,
            str(R"({"retry_after_ms":7000,"details":[{"pointer":"/a","message":"b"}]})"),
            str("slow down"));
    } else if (how == "cut") {
        start(inv, "half");
        return host->finish(inv, ORD_E_TERMINAL, str(""), str("changed my mind"));
    }
    return ORD_OK;  // "never": and nothing more.
}

ord_status start_it(void*) { return ORD_OK; }
void quiesce(void*, uint64_t) {}
void stop(void*) {}

}  // namespace

extern "C" ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) {
    static const ord_extension_v1 table = [] {
        ord_extension_v1 t{};
        t.struct_size = sizeof t;
        t.abi_major = ORD_ABI_MAJOR;
        t.max_concurrency = 1;
        t.id = str(ORDINAUT_EXTENSION_ID);
        t.version = str(ORDINAUT_EXTENSION_VERSION);
        t.create = create;
        t.start = start_it;
        t.quiesce = quiesce;
        t.stop = stop;
        t.destroy = stop;
        t.on_http = on_http;
        return t;
    }();
    return &table;
}
