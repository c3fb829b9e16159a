// Goal: whoever watches from outside sees every metric that is promised, from every kind of
// process. Method: the real program, work of each kind done with it, /metrics as Prometheus asks
// for it, promtool as the judge.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kPromised[] = {
    "ord_http_requests_total",
    "ord_http_request_duration_seconds",
    "ord_plugin_error",
    "ord_plugin_http_requests_total",
    "ord_plugin_http_request_duration_seconds",
    "ord_plugin_tool_calls_total",
    "ord_plugin_tool_call_duration_seconds",
    "orchestrator_active_runs",
    "orchestrator_active_workers",
    "orchestrator_authentication_attempts_total",
    "orchestrator_claims_total",
    "orchestrator_due_work_lateness_seconds",
    "orchestrator_due_work_queue_depth",
    "orchestrator_queue_paused",
    "orchestrator_run_lateness_seconds",
    "orchestrator_runs_total",
    "orchestrator_scheduler_lag_seconds",
    "orchestrator_security_events_total",
    "orchestrator_step_duration_seconds",
    "orchestrator_task_duration_seconds",
    "orchestrator_tasks_created_total",
    "orchestrator_worker_heartbeat_total",
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
};

// What promtool has to say about a page; nothing when it is right.
std::string complaints(const std::string& page) {
    const auto judged = run_process({.argv = {"promtool", "check", "metrics"}, .stdin_text = page});
    return judged.exit_code == 0 ? "" : judged.out + judged.err;
}

bool has_family(const std::string& page, const std::string& name) {
    return page.find("\n# TYPE " + name + " ") != std::string::npos;
}

TEST(Metrics, EverythingPromisedIsThereWithoutAToken) {
    Host host;
    const auto http = host.client();
    const std::string task = create_task(*http, task_json("std.echo", R"({"message":"hi"})"));
    wait_for_run(*http, run_now(*http, task));
    const std::string soon =
        create_task(*http, task_json("std.echo", "{}", "",
                                     R"("schedule_kind":"rrule","schedule_expr":"FREQ=SECONDLY")"));
    EXPECT_EQ(http->get("/tasks/" + task).status, 200);
    EXPECT_EQ(http->get("/nothing/here").status, 404);
    EXPECT_EQ(
        http->post("/agents/auth/token",
                   R"({"agent_id":"0190a6b0-0000-7b5a-9f00-3b1c5a7e2d10","agent_secret":"x"})")
            .status,
        401);

    HttpClient prometheus(host.url());
    std::string page;
    EXPECT_TRUE(eventually(std::chrono::seconds(30), [&] {
        page = prometheus.get("/metrics").body;
        return has_family(page, "orchestrator_scheduler_lag_seconds") &&
               has_family(page, "ord_plugin_http_requests_total");
    }));
    for (const char* name : kPromised) EXPECT_TRUE(has_family(page, name)) << name;
    EXPECT_EQ(complaints(page), "");

    const auto has = [&](const std::string& line) {
        EXPECT_NE(page.find("\n" + line), std::string::npos) << line;
    };
    has(R"(ord_http_requests_total{method="GET",route="/tasks/{task_id}",status="200"} 1)");
    has(R"(ord_http_requests_total{method="GET",route="none",status="404"} 1)");
    has(R"(orchestrator_tasks_created_total{schedule_kind="rrule"} 1)");
    has(R"(orchestrator_authentication_attempts_total{method="secret",result="refused"} 1)");
    has(R"(orchestrator_security_events_total{kind="wrong_secret"} 1)");
    has(R"(orchestrator_active_workers{role="runner"} 1)");
    has(R"(orchestrator_step_duration_seconds_count{status="succeeded",tool="std.echo"} )");
    EXPECT_EQ(page.find(task), std::string::npos);
    EXPECT_FALSE(std::regex_search(page, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-"))) << "an id";
    EXPECT_EQ(http->del("/tasks/" + soon + "?force=true").status, 204);

    // The alias and the extension are one page; the way to the Web UI is a redirect.
    EXPECT_EQ(prometheus.get("/ext/observability/metrics").status, 200);
    EXPECT_EQ(prometheus.request("HEAD", "/metrics").status, 200);
    EXPECT_EQ(http->get("/metrics/of/nothing").status, 404);
    EXPECT_EQ(prometheus.request("POST", "/metrics", "{}").status, 405);
    const auto ui = prometheus.get("/ui");
    EXPECT_EQ(ui.status, 307);
    EXPECT_EQ(ui.headers.at("location"), "/ext/webui/");
    EXPECT_EQ(prometheus.get("/ui/tasks?status=active").headers.at("location"),
              "/ext/webui/tasks?status=active");
    EXPECT_EQ(host.stop(), 0) << host.process().err();
}

TEST(Metrics, EveryRoleHasThem) {
    Cluster cluster;
    cluster.serve("api,scheduler");
    cluster.serve("runner");
    HttpClient runner(cluster.last_url());
    const auto answer = runner.get("/metrics");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(has_family(answer.body, "orchestrator_claims_total"));
    EXPECT_THAT(answer.body, HasSubstr("orchestrator_active_workers{role=\"scheduler\"} 1"));
    EXPECT_EQ(complaints(answer.body), "");
    EXPECT_EQ(runner.get("/ext/observability/status").status, 404);
    EXPECT_EQ(runner.get("/ui").status, 404);
}

}  // namespace
}  // namespace ordinaut::testing
