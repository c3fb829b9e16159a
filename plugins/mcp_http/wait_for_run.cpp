// get_run: looks, and with wait_seconds looks again until the run has ended.
#include <algorithm>

#include "tools.h"

namespace mcp_http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookAgainMin{100};
constexpr milliseconds kLookAgainMax{1000};
// Without a stream the answer must come before the server gives the request up.
constexpr std::chrono::seconds kWithoutStreamMax{25};

bool has_ended(const Json& run) {
    static constexpr std::string_view kFinal[] = {"succeeded", "failed", "timed_out", "canceled",
                                                  "expired"};
    const Json* status = run.find("status");
    return status != nullptr &&
           std::find(std::begin(kFinal), std::end(kFinal), status->as_string()) != std::end(kFinal);
}

struct Wait : std::enable_shared_from_this<Wait> {
    ToolRun run;
    std::chrono::seconds limit{0};
    std::chrono::system_clock::time_point begin;
    milliseconds pause = kLookAgainMin;
    std::string last_status;

    explicit Wait(ToolRun r) : run(std::move(r)) {}

    milliseconds waited() const {
        return std::chrono::duration_cast<milliseconds>(run.exchange->host().now() - begin);
    }

    void look() {
        const auto self = shared_from_this();
        if (run.exchange->canceled()) return;
        if (!run.exchange->caller()) return void(run.exchange->when_back([self] { self->look(); }));
        run.exchange->core("runs.get", {{"run_id", *run.arguments.find("run_id")}},
                           [self](const ordinaut::Answer& answer) { self->seen(answer); });
    }

    void seen(const ordinaut::Answer& answer) {
        if (!answer.ok()) {
            // The connection broke off meanwhile: the client may come back for the answer.
            const bool left = !run.exchange->caller();
            const auto self = shared_from_this();
            if (left && run.exchange->when_back([self] { self->look(); })) return;
            return refuse(run, answer);
        }
        const Json shaped = shaped_run(Json::parse(answer.json));
        const milliseconds so_far = waited();
        if (has_ended(shaped) || so_far >= limit) return succeed(run.exchange, {{"run", shaped}});
        const std::string& status = shaped.find("status")->as_string();
        if (std::exchange(last_status, status) != status)
            run.exchange->log("info", {{"run_id", *shaped.find("id")}, {"status", status}});
        run.exchange->report(static_cast<double>(so_far.count()) / 1000.0,
                             static_cast<double>(limit.count()), "the run is " + status);
        const auto rest = std::chrono::duration_cast<milliseconds>(limit) - so_far;
        run.exchange->host().after(std::min(pause, std::max(rest, milliseconds(1))),
                                   [self = shared_from_this()](const ordinaut::Answer& timer) {
                                       if (timer.ok()) self->look();
                                   });
        pause = std::min(pause * 2, kLookAgainMax);
    }
};

}  // namespace

void wait_for_run(const ToolRun& run) {
    const auto wait = std::make_shared<Wait>(run);
    if (const Json* seconds = run.arguments.find("wait_seconds"))
        wait->limit = std::chrono::seconds(seconds->as_int());
    if (wait->limit.count() > 0 && run.exchange->takes_events())
        run.exchange->go_streaming();
    else
        wait->limit = std::min(wait->limit, kWithoutStreamMax);
    wait->begin = run.exchange->host().now();
    wait->look();
}

}  // namespace mcp_http
