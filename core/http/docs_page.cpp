#include "http/docs_page.h"

#include "docs_page_files.h"

namespace ordinaut::http {
namespace {

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view content_type(std::string_view path) {
    if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (path.ends_with(".css")) return "text/css; charset=utf-8";
    return "text/html; charset=utf-8";
}

}  // namespace

std::optional<Response> docs_response(const Request& request) {
    const auto& segments = request.target.segments;
    if (segments.empty() || segments.size() > 2 || segments.front() != "docs") return std::nullopt;
    if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
    const std::string_view wanted =
        segments.size() == 1 ? std::string_view("index.html") : segments.back();
    for (const auto& file : docs_page::embedded_files()) {
        if (file.path != wanted) continue;
        return Response{.status = 200,
                        .headers = {{"Content-Type", std::string(content_type(file.path))},
                                    {"Content-Security-Policy", kPolicy},
                                    {"X-Content-Type-Options", "nosniff"},
                                    {"Referrer-Policy", "no-referrer"},
                                    {"Cache-Control", "no-cache"}},
                        .body = std::string(file.text)};
    }
    return std::nullopt;
}

}  // namespace ordinaut::http
