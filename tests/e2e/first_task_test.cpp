// Goal: what the README promises works with the program a person runs: a weekday task that asks a
// web service and passes on what it said, by command line, with types kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/host.h"
#include "tests/support/http_stub.h"

namespace ordinaut::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class FirstTask : public ::testing::Test {
protected:
    static void SetUpTestSuite() { host_ = new Host; }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    std::string id_of(const Outcome& outcome) {
        const auto json = parse_json(outcome.out);
        return json.ok() ? std::string(string_or(*json, "id", "")) : "";
    }
    static Host* host_;
};
Host* FirstTask::host_ = nullptr;

TEST_F(FirstTask, ReadmeTask) {
    HttpStub weather([](const StubRequest&) {
        return StubAnswer{
            200,
            R"({"temp":21.5,"rain":false,"hours":[1,2,{"at":"08:00"}],"none":null,"count":9007199254740993})"};
    });
    const std::string yaml =
        "title: Morning weather\nschedule_kind: rrule\nschedule_expr: "
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0\n"
        "timezone: Europe/Chisinau\npayload:\n  params: {city: Chisinau}\n  pipeline:\n"
        "    - {id: weather, uses: http.request, with: {url: '" +
        weather.url() +
        "/weather.json?city=${params.city}'}}\n"
        "    - id: tell\n      uses: std.echo\n      with:\n"
        "        text: 'Good morning, ${params.city}: ${steps.weather.body.temp}°C'\n"
        "        weather: ${steps.weather.body}\n        status: ${steps.weather.status}\n        "
        "dry: ${!steps.weather.body.rain}\n";
    const Outcome created = host_->cli({"task", "create", "-f", "-", "--json"}, yaml);
    ASSERT_EQ(created.exit_code, 0) << created.err;
    const std::string task = id_of(created);
    EXPECT_THAT(host_->cli({"task", "list"}).out,
                AllOf(HasSubstr(task), HasSubstr("Morning weather"), HasSubstr("active")));

    const Outcome ran = host_->cli({"task", "run", task, "--wait"});
    ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("state: succeeded"), HasSubstr("Good morning, Chisinau: 21.5°C")));
    EXPECT_EQ(ran.err, "");
    ASSERT_EQ(weather.requests().size(), 1U);
    EXPECT_EQ(weather.requests()[0].target, "/weather.json?city=Chisinau");

    const auto http = host_->client();
    const Json latest = body_of(http->get("/runs/task/" + task + "/latest"), 200);
    const Outcome shown =
        host_->cli({"run", "show", std::string(string_or(latest, "id", "")), "--json"});
    ASSERT_EQ(shown.exit_code, 0) << shown.err;
    const auto run = parse_json(shown.out);
    ASSERT_TRUE(run.ok());
    const JsonValue* tell = find(*find(*run, "output"), "tell");
    ASSERT_NE(tell, nullptr) << shown.out;
    EXPECT_EQ(
        to_json(*find(*tell, "weather")),
        R"({"temp":21.5,"rain":false,"hours":[1,2,{"at":"08:00"}],"none":null,"count":9007199254740993})");
    EXPECT_EQ(to_json(*find(*tell, "status")), "200");
    EXPECT_EQ(to_json(*find(*tell, "dry")), "true");
    ASSERT_EQ(find(*run, "steps")->Size(), 2U);
    EXPECT_EQ(string_or((*find(*run, "steps"))[0], "state", ""), "succeeded");
}

TEST_F(FirstTask, NextRunIsAWeekdayMorningInItsZone) {
    const Outcome preview =
        host_->cli({"preview", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0", "--tz",
                    "Europe/Chisinau", "--count", "5", "--json"});
    ASSERT_EQ(preview.exit_code, 0) << preview.err;
    const auto json = parse_json(preview.out);
    ASSERT_TRUE(json.ok());
    const JsonValue* occurrences = find(*json, "occurrences");
    ASSERT_EQ(occurrences->Size(), 5U);
    for (const auto& occurrence : occurrences->GetArray())
        EXPECT_THAT(std::string(string_or(occurrence, "local", "")), HasSubstr("T08:00:00+0"));
}

TEST_F(FirstTask, EvalRenderToolsAndStatus) {
    EXPECT_EQ(host_
                  ->cli({"eval", "items[?n > `1`].name | [0]"},
                        R"({"items":[{"n":1,"name":"a"},{"n":2,"name":"b"}]})")
                  .out,
              "\"b\"\n");
    const Outcome rendered = host_->cli({"render", "-"},
                                        "params: {n: 2}\npipeline:\n  - {id: a, uses: std.echo, "
                                        "with: {x: '${params.n}', y: 'n=${params.n}'}}\n");
    EXPECT_THAT(rendered.out, AllOf(HasSubstr("x: 2"), HasSubstr("n=2"))) << rendered.err;
    EXPECT_THAT(host_->cli({"tool", "invoke", "std.echo", R"({"n":1,"s":"1"})"}).out,
                AllOf(HasSubstr("n: 1\n"), HasSubstr("s: \"1\"\n")));
    EXPECT_THAT(host_->cli({"tool", "list"}).out,
                AllOf(HasSubstr("std.sleep"), HasSubstr("http.request")));
    EXPECT_THAT(host_->cli({"ext", "list"}).out, AllOf(HasSubstr("std"), HasSubstr("running")));
    const Outcome status = host_->cli({"status"});
    EXPECT_EQ(status.exit_code, 0);
    EXPECT_THAT(status.out, AllOf(HasSubstr("ok"), HasSubstr("database")));
    EXPECT_THAT(host_->cli({"queue", "status"}).out, HasSubstr("paused: false"));
}

TEST_F(FirstTask, SecretsReachToolsAndNothingElse) {
    const std::string value = "s3cr3t-Value-42";
    ASSERT_EQ(host_->cli({"secret", "set", "WEATHER_KEY"}, value + "\n").exit_code, 0);
    HttpStub service([](const StubRequest&) { return StubAnswer{200, R"({"ok":true})"}; });
    const auto http = host_->client();
    const std::string task = create_task(
        *http,
        task_json("http.request", R"({"url":")" + service.url() +
                                      R"(","headers":{"X-Key":"Key ${secrets.WEATHER_KEY}"}})"));
    const Json run = wait_for_run(*http, run_now(*http, task));
    EXPECT_EQ(string_or(run, "state", ""), "succeeded") << to_json(run);
    ASSERT_EQ(service.requests().size(), 1U);
    EXPECT_EQ(service.requests()[0].headers.at("x-key"), "Key " + value);
    EXPECT_THAT(to_json(run), Not(HasSubstr(value)));
    const std::string run_path = "/runs/" + std::string(string_or(run, "id", ""));
    for (const std::string& path :
         {std::string("/secrets"), "/tasks/" + task, run_path, run_path + "/logs"})
        EXPECT_THAT(http->get(path).body, Not(HasSubstr(value))) << path;
    EXPECT_THAT(host_->process().err() + host_->process().out(), Not(HasSubstr(value)));
}

TEST_F(FirstTask, CommandLineTellsWhatIsWrong) {
    const Outcome nothing = host_->cli({"task", "show", "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"});
    EXPECT_EQ(nothing.exit_code, 3);
    const Outcome wrong =
        host_->cli({"task", "create", "-f", "-"},
                   "title: x\nschedule_kind: rrule\nschedule_expr: FREQ=NEVER\npayload: {pipeline: "
                   "[{id: a, uses: std.echo}]}\n");
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.err, HasSubstr("/schedule_expr"));
    const Outcome denied = host_->cli({"task", "list", "--token", "nonsense"});
    EXPECT_EQ(denied.exit_code, 4);
}

TEST_F(FirstTask, OpenApiIsValid) {
    TempDir dir;
    const auto answer = host_->client()->get("/openapi.json");
    ASSERT_EQ(answer.status, 200);
    write_file(dir / "openapi.json", answer.body);
    const Outcome checked =
        run_process({.argv = {"node", OPENAPI_VALIDATOR, dir / "openapi.json"}});
    EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
}

}  // namespace
}  // namespace ordinaut::testing
