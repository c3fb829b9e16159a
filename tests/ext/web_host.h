// The extension host behind a real HTTP server on the loopback. Tokens are "admin", or the one
// scope they stand for.
#pragma once
#include <gtest/gtest.h>

#include "base/json.h"
#include "ext/host.h"
#include "http/error_response.h"
#include "http/server.h"
#include "tests/support/http_client.h"
#include "tests/support/raw_socket.h"

namespace ordinaut {

class WebHost {
public:
    explicit WebHost(ext::HostOptions options) : host(catalogue, seams()) {
        host.start(std::move(options));
        auto server = http::Server::start(
            {}, clock_, pool_, [this](http::Request request, http::Responder responder) {
                const std::string given(request.headers.get("authorization"));
                http::MountedRequest mounted{std::move(request), std::move(responder), "request-1",
                                             "0123456789abcdef0123456789abcdef", caller(given)};
                host.serve(std::move(mounted));
            });
        EXPECT_TRUE(server.ok());
        server_ = std::move(*server);
    }
    ~WebHost() { stop(); }

    // As the program does: answers under way may finish, then the extensions stop.
    void stop() {
        server_->stop(std::chrono::seconds(1));
        host.stop(std::chrono::steady_clock::now() + std::chrono::seconds(5));
        pool_.stop();
    }

    std::unique_ptr<testing::HttpClient> client(const std::string& token = "admin") const {
        auto http = std::make_unique<testing::HttpClient>(server_->url());
        http->set_token(token);
        return http;
    }
    uint16_t port() const { return server_->port(); }
    // A request as it stands on the wire.
    static std::string wire(const std::string& method, const std::string& path,
                            const std::string& more = "") {
        return method + " " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer admin\r\n" +
               more + "\r\n";
    }
    ext::ExtensionInfo info(const std::string& id) const {
        for (auto& info : host.list())
            if (info.id == id) return info;
        ADD_FAILURE() << "no extension " << id;
        return {};
    }

    // How often `id` answered with `status`.
    uint64_t answers(const std::string& id, int status) {
        return metrics
            .counter("ord_plugin_http_requests_total", "",
                     {{"plugin_id", id}, {"status", std::to_string(status)}})
            .value();
    }

    metrics::Registry metrics;
    tool::Catalogue catalogue;
    ext::Host host;

private:
    ext::Seams seams() {
        ext::Seams seams;
        seams.metrics = &metrics;
        return seams;
    }
    static Result<auth::Caller> caller(const std::string& header) {
        constexpr std::string_view kBearer = "Bearer ";
        if (header.size() <= kBearer.size())
            return Error{ErrorCode::kUnauthenticated, "a token is needed"};
        return auth::Caller{
            "00000000-0000-7000-8000-000000000001", "tester", {header.substr(kBearer.size())}};
    }
    const SystemClock clock_;
    WorkPool pool_{"web", 4, 1000};
    std::unique_ptr<http::Server> server_;
};

inline ext::HostOptions drop_in(std::vector<std::filesystem::path> folders) {
    ext::HostOptions options;
    options.paths.drop_in = std::move(folders);
    options.policy.drop_in = ext::DropInPolicy::kManifest;
    return options;
}

// The member of a JSON object, as text.
inline std::string member(const std::string& body, std::string_view name) {
    const auto json = parse_json(body);
    return json.ok() ? std::string(string_or(*json, name, "")) : body;
}

}  // namespace ordinaut
