// One server, two handlers that do the same: /core/hello in the process itself, /ext/web/hello in
// an extension. Prints its port and answers until its standard input ends. See routes.sh.
#include <cstdio>

#include "base/json.h"
#include "base/log.h"
#include "ext/host.h"
#include "http/server.h"

using namespace ordinaut;

namespace {

void hello(const http::MountedRequest& request) {
    http::Response response{.status = 200,
                            .body = JsonWriter()
                                        .begin_object()
                                        .field("message", "Hello from my extension!")
                                        .end_object()
                                        .take()};
    response.headers = {{"Content-Type", "application/json"},
                        {"X-Request-ID", request.request_id},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Cache-Control", "no-store"}};
    request.responder.respond(std::move(response));
}

}  // namespace

int main() {
    log_configure(LogLevel::kWarn, LogFormat::kText);
    tool::Catalogue tools;
    ext::Host host(tools, {});
    ext::HostOptions options;
    options.paths.builtin = {WEB_DIR};
    host.start(std::move(options));
    const SystemClock clock;
    WorkPool pool("request", 8, 1000);
    const auth::Caller caller{"00000000-0000-7000-8000-000000000001", "bench", {"admin"}};
    auto server =
        http::Server::start({}, clock, pool, [&](http::Request request, http::Responder responder) {
            http::MountedRequest mounted{std::move(request), std::move(responder),
                                         "01a1fd46-2f15-7000-965b-d2bbe8be9ae1",
                                         "0123456789abcdef0123456789abcdef", caller};
            if (!mounted.request.target.segments.empty() &&
                mounted.request.target.segments.front() == "core")
                return hello(mounted);
            host.serve(std::move(mounted));
        });
    if (!server.ok()) return 1;
    std::printf("%s\n", (*server)->url().c_str());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    (*server)->stop(std::chrono::seconds(1));
    host.stop(clock.mono_now() + std::chrono::seconds(2));
    pool.stop();
}
