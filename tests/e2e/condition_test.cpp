// Goal: a condition runs its task when, and only when, what it watches becomes true: through the
// real program and a service whose answer changes, is missing, or outlives the program's death.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/e2e/host.h"
#include "tests/support/http_stub.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Conditions : public ::testing::Test {
protected:
    static void SetUpTestSuite() { host_ = new Host; }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    // A task that watches `source` every ten seconds and says what it saw.
    static std::string watching(const std::string& source, const std::string& expression,
                                const std::string& more = "") {
        return task_json("std.echo", R"({"saw":"${event.value}"})", "",
                         R"("schedule_kind":"condition","schedule_expr":")" + expression +
                             R"(","condition":{"interval_seconds":10,"source":)" + source + more +
                             "}");
    }
    std::string thermometer(const std::string& path = "/") {
        return R"({"kind":"http","url":")" + service_.url() + path + R"("})";
    }
    Json state_of(const std::string& task) {
        const Json answer = body_of(http_->get("/tasks/" + task), 200);
        return copy(*find(answer, "condition_state"));
    }
    // Waits for an evaluation after the one that `before` shows.
    bool evaluated_after(const std::string& task, const Json& before) {
        return eventually(60s, [&] {
            return string_or(state_of(task), "evaluated_at", "") >
                   string_or(before, "evaluated_at", "");
        });
    }
    int runs_of(const std::string& task) {
        return find(body_of(http_->get("/runs?task_id=" + task), 200), "total")->GetInt();
    }

    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
    std::atomic<int> temp_ = 10;
    HttpStub service_{[this](const StubRequest& request) {
        return request.target == "/broken"
                   ? StubAnswer{503, R"({"temp":99})"}
                   : StubAnswer{200, R"({"temp":)" + std::to_string(temp_) + "}"};
    }};
};
Host* Conditions::host_ = nullptr;

TEST_F(Conditions, AnAnswerThatBecomesTrueRunsTheTaskOnce) {
    const std::string task = create_task(*http_, watching(thermometer(), "body.temp > `25`"));
    ASSERT_TRUE(evaluated_after(task, *parse_json("{}")));
    const Json cool = state_of(task);
    EXPECT_TRUE(find(cool, "value")->IsFalse()) << to_json(cool);
    EXPECT_EQ(runs_of(task), 0);
    temp_ = 30;
    ASSERT_TRUE(eventually(60s, [&] { return runs_of(task) == 1; }));
    const Json hot = state_of(task);
    EXPECT_TRUE(find(hot, "value")->IsTrue());
    EXPECT_TRUE(find(hot, "fired_at")->IsString());
    const Json runs = body_of(http_->get("/runs?task_id=" + task), 200);
    const Json run =
        wait_for_run(*http_, std::string(string_or((*find(runs, "items"))[0], "id", "")));
    EXPECT_EQ(string_or(run, "state", ""), "succeeded") << to_json(run);
    EXPECT_EQ(string_or(run, "source", ""), "condition");
    EXPECT_THAT(to_json(run), HasSubstr(R"("saw":true)"));
    const Json account = body_of(http_->get("/tasks/" + task + "/occurrences"), 200);
    ASSERT_EQ(find(account, "items")->Size(), 1u);
    EXPECT_EQ(string_or((*find(account, "items"))[0], "run_state", ""), "succeeded");
    ASSERT_TRUE(evaluated_after(task, hot));
    EXPECT_EQ(runs_of(task), 1);
    body_of(http_->post("/tasks/" + task + "/pause", "{}"), 200);
    EXPECT_TRUE(find(state_of(task), "next_evaluation_at")->IsNull());
    EXPECT_EQ(http_->post("/tasks/" + task + "/snooze", R"({"delay_seconds":60})").status, 409);
}

TEST_F(Conditions, AServiceThatIsDownIsUnknown) {
    std::string nobody;
    {
        const HttpStub gone([](const StubRequest&) { return StubAnswer{}; });
        nobody = gone.url();
    }
    const std::string dead =
        create_task(*http_, watching(R"({"kind":"http","url":")" + nobody + R"("})",
                                     "body.temp > `25`", R"(,"edge":"level")"));
    const std::string broken = create_task(
        *http_, watching(thermometer("/broken"), "body.temp > `25`", R"(,"edge":"level")"));
    for (const std::string& task : {dead, broken}) {
        ASSERT_TRUE(evaluated_after(task, *parse_json("{}")));
        const Json state = state_of(task);
        EXPECT_TRUE(find(state, "value")->IsNull()) << to_json(state);
        EXPECT_TRUE(find(state, "error")->IsString()) << to_json(state);
        EXPECT_TRUE(find(state, "error_at")->IsString());
        EXPECT_EQ(find(state, "errors_in_a_row")->GetInt(), 1);
        EXPECT_EQ(runs_of(task), 0);
    }
    EXPECT_THAT(to_json(state_of(broken)), HasSubstr("503"));
}

TEST_F(Conditions, AKilledProgramLosesAndDoublesNoEdge) {
    const std::string task = create_task(*http_, watching(thermometer(), "body.temp > `25`"));
    ASSERT_TRUE(evaluated_after(task, *parse_json("{}")));
    host_->kill();
    temp_ = 30;
    host_->start();
    http_ = host_->client();
    ASSERT_TRUE(eventually(120s, [&] { return runs_of(task) == 1; }));
    const Json fired = state_of(task);
    host_->kill();
    host_->start();
    http_ = host_->client();
    ASSERT_TRUE(evaluated_after(task, fired));
    EXPECT_EQ(runs_of(task), 1);
    EXPECT_EQ(string_or(state_of(task), "fired_at", "a"), string_or(fired, "fired_at", "b"));
}

TEST_F(Conditions, TheCommandLineTakesFilesAndSaysWhatItDoes) {
    const std::string yaml =
        "title: Backlog\nschedule_kind: condition\nschedule_expr: ready > `100`\n"
        "condition:\n  source: {kind: queue}\n  for_seconds: 120\n  cooldown_seconds: 3600\n"
        "payload:\n  pipeline:\n    - {id: tell, uses: std.echo}\n";
    const Outcome made = host_->cli({"task", "create", "-f", "-"}, yaml);
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const Outcome preview =
        host_->cli({"preview", "ready > `100`", "--kind", "condition", "--condition",
                    R"({"source":{"kind":"queue"},"edge":"change"})"});
    EXPECT_EQ(preview.exit_code, 0) << preview.err;
    EXPECT_THAT(preview.out, HasSubstr("Runs when the value of “ready > `100`” changes"));
    EXPECT_THAT(preview.out, HasSubstr("no times can be listed"));
}

TEST_F(Conditions, WhatIsWrongIsNamed) {
    const auto refused = [&](const std::string& body, const std::string& place) {
        const auto answer = http_->post("/tasks", body);
        EXPECT_EQ(answer.status, 422) << answer.body;
        EXPECT_THAT(answer.body, HasSubstr("\"" + place + "\"")) << answer.body;
    };
    const std::string queue = R"({"kind":"queue"})";
    refused(watching(queue, "ready >"), "/schedule_expr");
    refused(watching(R"({"kind":"http"})", "a"), "/condition/source/url");
    refused(watching(queue, "a", R"(,"edge":"falling")"), "/condition/edge");
    refused(watching(queue, "a", R"(,"for_seconds":-1)"), "/condition/for_seconds");
    refused(task_json("std.echo", "{}", "",
                      R"("schedule_kind":"condition","schedule_expr":"a","condition":)"
                      R"({"source":{"kind":"queue"},"interval_seconds":9})"),
            "/condition/interval_seconds");
    refused(watching(R"({"kind":"task","task_id":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"})", "a"),
            "/condition/source/task_id");
    refused(task_json("std.echo", "{}", "", R"("schedule_kind":"condition","schedule_expr":"a")"),
            "/condition");
    refused(task_json("std.echo", "{}", R"(,"condition":{"source":{"kind":"queue"}})"),
            "/condition");
}

}  // namespace
}  // namespace ordinaut::testing
