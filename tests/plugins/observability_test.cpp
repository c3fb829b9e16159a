// Goal: what this process counted comes out in the formats scrapers read, whatever it is called.
// Method: the built extension behind a real server; promtool and the Python client's strict parser
// of OpenMetrics as judges.
#include <gmock/gmock.h>

#include <future>
#include <limits>

#include "tests/ext/web_host.h"
#include "tests/support/process.h"

namespace ordinaut {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kOpenMetrics = "application/openmetrics-text";

ext::HostOptions builtin(const std::string& config = "{}") {
    ext::HostOptions options;
    options.paths.builtin = {PLUGINS_DIR};
    options.config = {{"observability", config}};
    return options;
}

std::string judged(std::vector<std::string> judge, const std::string& page) {
    const auto outcome = testing::run_process({.argv = std::move(judge), .stdin_text = page});
    return outcome.exit_code == 0 ? "" : outcome.out + outcome.err;
}

// Names and help texts as an extension may choose them, and values at the edges.
void fill(metrics::Registry& metrics) {
    metrics.counter("items", "A counter that does not end in _total.").add(3);
    metrics.counter("words_total", "", {{"text", "back\\slash \"quoted\"\nsecond line"}}).add(0.5);
    metrics.gauge("level", "Help with a \\ and\na second line.").set(-2);
    metrics.gauge("unknown_level", "A number nobody knows.")
        .set(std::numeric_limits<double>::quiet_NaN());
    metrics.histogram("wait_seconds", "Waiting.", {{"tool", "std.echo"}}).observe(0.3);
    metrics.histogram("wait_seconds", "Waiting.", {{"tool", "std.echo"}}).observe(1e6);
}

TEST(Observability, PrometheusReadsThePage) {
    WebHost web(builtin());
    fill(web.metrics);
    const auto answer = web.client("")->get("/ext/observability/metrics");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_EQ(answer.headers.at("vary"), "Accept");
    EXPECT_THAT(answer.body, HasSubstr("\nitems_total 3\n"));
    EXPECT_THAT(answer.body,
                HasSubstr(R"(words_total{text="back\\slash \"quoted\"\nsecond line"} 0.5)"));
    EXPECT_THAT(answer.body, HasSubstr("# HELP level Help with a \\\\ and\\na second line.\n"));
    EXPECT_THAT(answer.body, HasSubstr("\nlevel -2\n"));
    EXPECT_THAT(answer.body, HasSubstr(R"(wait_seconds_bucket{tool="std.echo",le="0.5"} 1)"));
    EXPECT_THAT(answer.body, HasSubstr(R"(wait_seconds_bucket{tool="std.echo",le="+Inf"} 2)"));
    EXPECT_THAT(answer.body, HasSubstr("\nprocess_open_fds "));
    EXPECT_EQ(judged({"promtool", "check", "metrics"}, answer.body), "");
}

TEST(Observability, OpenMetricsIsThereForTheAsking) {
    WebHost web(builtin());
    fill(web.metrics);
    const auto http = web.client("");
    const auto answer = http->request(
        "GET", "/ext/observability/metrics", "",
        {{"Accept",
          "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
          "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"}});
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.headers.at("content-type"),
              "application/openmetrics-text; version=1.0.0; charset=utf-8");
    EXPECT_THAT(answer.body, HasSubstr("# TYPE items counter\nitems_total 3\n"));
    EXPECT_THAT(answer.body, HasSubstr("unknown_level NaN\n"));
    EXPECT_THAT(answer.body, HasSubstr(R"(wait_seconds_bucket{tool="std.echo",le="1.0"} 1)"));
    EXPECT_TRUE(answer.body.ends_with("# EOF\n"));
    EXPECT_EQ(
        judged({"/usr/bin/python3", "-c",
                "import sys\n"
                "from prometheus_client.openmetrics.parser import "
                "text_string_to_metric_families as parse\n"
                "samples = [s for f in parse(sys.stdin.read()) for s in f.samples]\n"
                "words = [s.labels for s in samples if s.name == 'words_total']\n"
                "assert words == [{'text': 'back\\\\slash \"quoted\"\\nsecond line'}], words\n"},
               answer.body),
        "");
}

TEST(Observability, TheFormatIsTheOneWantedMost) {
    WebHost web(builtin());
    const auto http = web.client("");
    const auto type_for = [&](const std::string& accept) {
        return http->request("GET", "/ext/observability/metrics", "", {{"Accept", accept}})
            .headers.at("content-type");
    };
    EXPECT_THAT(type_for("*/*"), HasSubstr("text/plain"));
    EXPECT_THAT(type_for("text/html"), HasSubstr("text/plain"));
    EXPECT_THAT(type_for("text/plain;q=0.9, application/openmetrics-text;q=0.5"),
                HasSubstr("text/plain"));
    EXPECT_THAT(type_for("application/openmetrics-text;q=0"), HasSubstr("text/plain"));
    EXPECT_THAT(type_for("text/plain;q=0.5 , application/openmetrics-text ; version=1.0.0"),
                HasSubstr(kOpenMetrics));
}

TEST(Observability, AnOperatorMayAskForATokenWithTheScope) {
    WebHost web(builtin(R"({"require_token": true})"));
    const auto answer = web.client("")->get("/ext/observability/metrics");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(member(answer.body, "message"),
              "this server's metrics need a token: send Authorization: Bearer <token>");
    EXPECT_EQ(web.client("tasks:read")->get("/ext/observability/metrics").status, 403);
    EXPECT_EQ(web.client("ext:observability:routes")->get("/ext/observability/metrics").status,
              200);
    EXPECT_EQ(web.client("admin")->get("/ext/observability/metrics").status, 200);
}

TEST(Observability, AConfigurationOfAnotherKindIsRefusedByName) {
    WebHost web(builtin(R"({"require_token": "yes"})"));
    const Status loaded = web.host.load("observability");
    ASSERT_FALSE(loaded.ok());
    EXPECT_THAT(loaded.error().message, HasSubstr("/require_token"));
    EXPECT_EQ(web.info("observability").state, ext::State::kError);
    EXPECT_THAT(web.info("observability").reason, HasSubstr("/require_token"));
}

TEST(Observability, CallsOfToolsAreCountedByOutcome) {
    WebHost web(builtin());
    const auto call = [&](const std::string& name, const std::string& input) {
        std::promise<tool::ToolResult> promise;
        tool::ToolCall call;
        call.name = name;
        call.input_json = input;
        web.catalogue.invoke(std::move(call), [&](tool::ToolResult result) {
            promise.set_value(std::move(result));
        });
        return promise.get_future().get().outcome;
    };
    ASSERT_EQ(call("std.echo", R"({"message":"hi"})"), tool::Outcome::kOk);
    ASSERT_EQ(call("std.echo", R"({"message":"hi"})"), tool::Outcome::kOk);
    ASSERT_EQ(call("std.fail", R"({"message":"no","kind":"retryable"})"),
              tool::Outcome::kRetryable);
    const std::string page = web.client("")->get("/ext/observability/metrics").body;
    EXPECT_THAT(
        page,
        HasSubstr(
            R"(ord_plugin_tool_calls_total{outcome="ok",plugin_id="std",tool="std.echo"} 2)"));
    EXPECT_THAT(
        page,
        HasSubstr(
            R"(ord_plugin_tool_calls_total{outcome="retryable",plugin_id="std",tool="std.fail"} 1)"));
    EXPECT_THAT(page,
                HasSubstr(R"(ord_plugin_tool_call_duration_seconds_count{plugin_id="std"} 3)"));
    EXPECT_THAT(page, HasSubstr(R"(ord_plugin_error{plugin_id="std"} 0)"));
    EXPECT_THAT(page, Not(HasSubstr("message")));
}

}  // namespace
}  // namespace ordinaut
