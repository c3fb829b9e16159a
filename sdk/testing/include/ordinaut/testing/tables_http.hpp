// The fake host's C functions: ord.http, and how its routes are found.
#pragma once
#include "ordinaut/http.h"
#include "tables.hpp"

namespace ordinaut::testing::tables {

// The segments between slashes.
inline std::vector<std::string> segments(const std::string& path) {
    std::vector<std::string> all;
    for (size_t start = 1; start <= path.size();) {
        const size_t slash = std::min(path.find('/', start), path.size());
        all.push_back(path.substr(start, slash - start));
        start = slash + 1;
    }
    return all;
}
// What the pattern's parameters stand for in `path`, or nullopt; `rank` orders patterns: literal,
// parameter, rest.
inline std::optional<Pairs> match(const std::string& pattern, const std::string& path,
                                  std::string& rank) {
    const auto wanted = segments(pattern), given = segments(path);
    Pairs params;
    rank.clear();
    for (size_t n = 0; n < wanted.size(); ++n) {
        const std::string& segment = wanted[n];
        if (segment == "{*}") {
            std::string rest;
            for (size_t at = n; at < given.size(); ++at) rest += (at > n ? "/" : "") + given[at];
            params.emplace_back("*", rest);
            rank += 'c';
            return params;
        }
        if (n >= given.size()) return std::nullopt;
        if (segment.size() > 2 && segment.front() == '{') {
            params.emplace_back(segment.substr(1, segment.size() - 2), given[n]);
            rank += 'b';
        } else if (segment == given[n]) {
            rank += 'a';
        } else {
            return std::nullopt;
        }
    }
    if (wanted.size() != given.size()) return std::nullopt;
    return params;
}
inline const Route* find_route(const Engine& engine, const std::string& method,
                               const std::string& path, Pairs& params) {
    const Route* best = nullptr;
    std::string best_rank;
    for (const auto& route : engine.routes) {
        if (!route.method.empty() && route.method != method) continue;
        std::string rank;
        auto found = match(route.pattern, path, rank);
        if (!found || (best != nullptr && best_rank <= rank)) continue;
        best = &route;
        best_rank = rank;
        params = std::move(*found);
    }
    return best;
}

inline ord_status add_route(ord_handle self, const ord_route* route) {
    return with(self, route, "ord_route", [&](Engine& engine) -> ord_status {
        if (refused(engine, "ROUTES")) return ORD_E_DENIED;
        const std::lock_guard lock(engine.mutex);
        if (engine.stage != Stage::kNew && engine.stage != Stage::kCreated) return ORD_E_STATE;
        const std::string method = from_c(route->method), pattern = from_c(route->pattern);
        if (pattern.empty() || pattern.front() != '/') return ORD_E_INVALID;
        for (const auto& known : engine.routes)
            if (known.method == method && known.pattern == pattern) return ORD_E_CONFLICT;
        engine.routes.push_back({method, pattern, route->token, route->body_max, route->flags});
        return ORD_OK;
    });
}
// The open request of a response, or why there is none.
inline ord_status request_of(Engine& engine, ord_handle inv, std::shared_ptr<Invocation>& out) {
    out = engine.find(inv);
    if (out == nullptr || out->kind != CallKind::kHttp) {
        engine.violation_locked("ord.http was called with a handle that is no request");
        return ORD_E_HANDLE;
    }
    return ORD_OK;
}
inline ord_status answered_twice(Engine& engine, const Invocation& request) {
    if (!request.ended_by_host && !request.canceled)
        engine.violation_locked(request.what + ": answered twice; the second answer is ignored");
    return ORD_E_HANDLE;
}
inline ord_status take_head(Engine& engine, const ord_http_response& response,
                            std::shared_ptr<Invocation>& request) {
    if (const ord_status status = request_of(engine, response.inv, request); status != ORD_OK)
        return status;
    if (request->ended || request->http.streamed) return answered_twice(engine, *request);
    if (response.status < 200 || response.status > 599) return ORD_E_INVALID;
    Pairs headers;
    for (uint32_t n = 0; n < response.n_headers; ++n) {
        headers.emplace_back(from_c(response.headers[n].key), from_c(response.headers[n].value));
        std::string& name = headers.back().first;
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        const bool broken = (headers.back().first + headers.back().second).find_first_of("\r\n") !=
                            std::string::npos;
        if (headers.back().first.empty() || broken) return ORD_E_INVALID;
    }
    request->http.status = response.status;
    request->http.headers = std::move(headers);
    request->http.body = from_c(response.body);
    return ORD_OK;
}
inline ord_status respond(ord_handle self, const ord_http_response* response) {
    return with(self, response, "ord_http_response", [&](Engine& engine) -> ord_status {
        const std::lock_guard lock(engine.mutex);
        std::shared_ptr<Invocation> request;
        if (const ord_status status = take_head(engine, *response, request); status != ORD_OK)
            return status;
        ++request->answers;
        engine.end_locked(*request, {}, false);
        return ORD_OK;
    });
}
inline ord_status start_stream(ord_handle self, const ord_http_response* response) {
    return with(self, response, "ord_http_response", [&](Engine& engine) -> ord_status {
        const std::lock_guard lock(engine.mutex);
        std::shared_ptr<Invocation> request;
        if (const ord_status status = take_head(engine, *response, request); status != ORD_OK)
            return status;
        request->http.streamed = true;
        request->unread = request->http.body.size();
        engine.changed.notify_all();
        return ORD_OK;
    });
}
inline ord_status write_stream(ord_handle self, const ord_http_write* write) {
    return with(self, write, "ord_http_write", [&](Engine& engine) -> ord_status {
        {
            const std::lock_guard lock(engine.mutex);
            std::shared_ptr<Invocation> request;
            if (const ord_status status = request_of(engine, write->inv, request); status != ORD_OK)
                return status;
            if (request->canceled) return ORD_E_GONE;
            if (request->ended) return ORD_E_HANDLE;
            if (!request->http.streamed) return ORD_E_STATE;
            if (write->bytes.len > (1u << 20)) return ORD_E_LIMIT;
            const uint64_t window = engine.options().http_window;
            if (window == 0 || request->unread == 0 ||
                request->unread + write->bytes.len <= window) {
                request->http.body += from_c(write->bytes);
                request->unread += write->bytes.len;
                engine.changed.notify_all();
                return ORD_OK;
            }
            request->writable_token = write->token;
        }
        return engine.ask(write->token) == ORD_OK ? ORD_E_AGAIN : ORD_E_CONFLICT;
    });
}
inline ord_status end_stream(ord_handle self, ord_handle inv) {
    return with(self, [&](Engine& engine) -> ord_status {
        const std::lock_guard lock(engine.mutex);
        std::shared_ptr<Invocation> request;
        if (const ord_status status = request_of(engine, inv, request); status != ORD_OK)
            return status;
        if (request->ended) return answered_twice(engine, *request);
        if (!request->http.streamed) return ORD_E_STATE;
        ++request->answers;
        request->http.ended = true;
        engine.end_locked(*request, {}, false);
        return ORD_OK;
    });
}

}  // namespace ordinaut::testing::tables
