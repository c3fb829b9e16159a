// Goal: through REST and the command line, every expected occurrence is accounted for: its run, or
// the reason why not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "base/clock.h"
#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::HasSubstr;

class Policies : public ::testing::Test {
protected:
    static void SetUpTestSuite() { host_ = new Host; }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    // "run succeeded", "not_run excluded(x)", …, by time.
    std::vector<std::string> account(const std::string& task, const std::string& query = "") {
        const Json answer = body_of(http_->get("/tasks/" + task + "/occurrences" + query), 200);
        std::vector<std::string> words;
        for (const auto& item : (*find(answer, "items")).GetArray()) {
            const std::string_view status = string_or(item, "status", "");
            words.push_back(
                std::string(status) + " " +
                std::string(string_or(item, status == "run" ? "run_state" : "reason", "")));
        }
        return words;
    }
    std::string text(std::chrono::seconds from_now) {
        return format_time(std::chrono::floor<std::chrono::seconds>(SystemClock().wall_now()) +
                           from_now);
    }

    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
};
Host* Policies::host_ = nullptr;

TEST_F(Policies, CalendarsAreKeptAndGuarded) {
    const Json made = body_of(
        http_->request(
            "PUT", "/calendars/holidays",
            R"({"dates":["2099-12-25","2099-12-31/2100-01-02"],"timezone":"Europe/Chisinau"})"),
        200);
    EXPECT_EQ(find(made, "version")->GetInt(), 1);
    EXPECT_THAT(http_->get("/calendars/holidays").body, HasSubstr("2099-12-31/2100-01-02"));
    EXPECT_THAT(http_->get("/calendars").body, HasSubstr("holidays"));
    const auto wrong =
        http_->request("PUT", "/calendars/holidays", R"({"dates":["2099-12-25","2099-13-01"]})");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_THAT(wrong.body, HasSubstr("/dates/1"));
    EXPECT_EQ(http_->request("PUT", "/calendars/holidays", R"({"timezone":"UTC"})").status, 422);
    const auto unknown =
        http_->post("/tasks", task_json("std.echo", "{}", R"(,"calendars":["holidays","nope"])"));
    EXPECT_EQ(unknown.status, 422);
    EXPECT_THAT(unknown.body, HasSubstr("/calendars/1"));
    const std::string task =
        create_task(*http_, task_json("std.echo", "{}", R"(,"calendars":["holidays"])"));
    EXPECT_EQ(http_->del("/calendars/holidays").status, 409);
    EXPECT_EQ(http_->del("/tasks/" + task).status, 204);
    EXPECT_EQ(http_->del("/calendars/holidays").status, 204);
    EXPECT_EQ(http_->get("/calendars/holidays").status, 404);
}

TEST_F(Policies, AnAdminManagesTheCalendarsOfOthers) {
    const Json made = body_of(
        http_->post("/agents", R"({"name":"planner","scopes":["tasks:read","tasks:write"]})"), 201);
    const std::string planner(string_or(made, "agent_id", ""));
    const std::string dates = R"({"dates":["2099-12-25"],"created_by":")" + planner + R"("})";
    const Json calendar = body_of(http_->request("PUT", "/calendars/theirs", dates), 200);
    EXPECT_EQ(string_or(calendar, "created_by", ""), planner);
    EXPECT_EQ(http_->get("/calendars/theirs").status, 404);  // Not the admin's own.
    EXPECT_EQ(http_->get("/calendars/theirs?created_by=" + planner).status, 200);
    EXPECT_THAT(http_->get("/calendars?created_by=" + planner).body, HasSubstr("theirs"));
    EXPECT_EQ(http_->del("/calendars/theirs?created_by=" + planner).status, 204);
    const auto nobody = http_->request(
        "PUT", "/calendars/theirs",
        R"({"dates":["2099-12-25"],"created_by":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"})");
    EXPECT_EQ(nobody.status, 422) << nobody.body;
}

TEST_F(Policies, TheFutureIsComputedWithItsExclusions) {
    body_of(
        http_->request(
            "PUT", "/calendars/xmas",
            R"({"ical":"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"})"),
        200);
    const std::string task = create_task(
        *http_, task_json("std.echo", "{}", R"(,"calendars":["xmas"],"timezone":"Europe/Chisinau")",
                          R"("schedule_kind":"cron","schedule_expr":"0 8 * * *")"));
    const std::string period = "?from=2098-12-24T00:00:00Z&to=2098-12-28T00:00:00Z";
    EXPECT_EQ(account(task, period),
              (std::vector<std::string>{"expected ", "not_run excluded(xmas)", "expected ",
                                        "expected "}));
    const Json page =
        body_of(http_->get("/tasks/" + task + "/occurrences" + period + "&limit=2"), 200);
    EXPECT_EQ(find(page, "items")->Size(), 2u);
    EXPECT_EQ(string_or(page, "next_from", ""), "2098-12-26T06:00:00Z");
    const Outcome shown = host_->cli({"task", "occurrences", task, "--from", "2098-12-24T00:00:00Z",
                                      "--to", "2098-12-28T00:00:00Z"});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("excluded(xmas)"));
    EXPECT_EQ(http_
                  ->get("/tasks/" + task +
                        "/occurrences?from=2098-12-24T00:00:00Z&to=2098-12-24T00:00:00Z")
                  .status,
              422);
}

TEST_F(Policies, ThePastIsWhatWasRecorded) {
    const std::string task = create_task(
        *http_,
        task_json("std.echo", "{}", "", R"("schedule_kind":"cron","schedule_expr":"* * * * * *")"));
    const auto has = [&](const std::string& what) {
        return [&, what] {
            const auto words = account(task, "?from=" + text(-60s) + "&to=" + text(-2s));
            return std::find(words.begin(), words.end(), what) != words.end();
        };
    };
    EXPECT_TRUE(eventually(30s, has("run succeeded")));
    body_of(http_->post("/tasks/" + task + "/pause", "{}"), 200);
    // As it stands while it is paused.
    EXPECT_TRUE(eventually(30s, has("not_run skipped(paused)")));
    body_of(http_->post("/tasks/" + task + "/resume", "{}"), 200);
    EXPECT_TRUE(eventually(30s, has("not_run skipped(paused)")));  // As it was recorded.
    body_of(http_->post("/tasks/" + task + "/snooze", R"({"delay_seconds":3600})"), 200);
    EXPECT_THAT(account(task, "?from=" + text(60s) + "&to=" + text(3500s)),
                Each("not_run skipped(snoozed)"));
    // Before the task was.
    EXPECT_EQ(account(task, "?from=" + text(-3600s) + "&to=" + text(-600s)).size(), 0u);
    body_of(http_->post("/tasks/" + task + "/cancel", "{}"), 200);
}

TEST_F(Policies, ABufferedOccurrenceWaitsForTheOneBeforeIt) {
    const std::string task = create_task(
        *http_, task_json("std.sleep", R"({"seconds":300})", R"(,"overlap":"buffer_one")",
                          R"("schedule_kind":"cron","schedule_expr":"* * * * * *")"));
    const auto count = [&](const std::string& state) {
        return find(body_of(http_->get("/runs?task_id=" + task + "&state=" + state), 200), "total")
            ->GetInt();
    };
    ASSERT_TRUE(eventually(30s, [&] { return count("running") == 1 && count("scheduled") == 1; }));
    ASSERT_TRUE(eventually(30s, [&] {
        return http_->get("/tasks/" + task + "/occurrences").body.find("overlap") !=
               std::string::npos;
    }));
    EXPECT_EQ(count("running"), 1);
    EXPECT_EQ(count("scheduled"), 1);
    const Json runs = body_of(http_->get("/runs?task_id=" + task + "&state=running"), 200);
    const std::string running(string_or((*find(runs, "items"))[0], "id", ""));
    body_of(http_->post("/runs/" + running + "/cancel", R"({"reason":"too long"})"), 202);
    ASSERT_TRUE(eventually(30s, [&] { return count("canceled") == 1 && count("running") == 1; }));
    body_of(http_->post("/tasks/" + task + "/cancel", "{}"), 200);
}

TEST_F(Policies, FailuresPauseTheTask) {
    const std::string task =
        create_task(*http_, task_json("std.fail", R"({"kind":"terminal","message":"no"})",
                                      R"(,"pause_after_failures":2)",
                                      R"("schedule_kind":"cron","schedule_expr":"* * * * * *")"));
    EXPECT_TRUE(eventually(30s, [&] {
        return string_or(body_of(http_->get("/tasks/" + task), 200), "status", "") == "paused";
    }));
    const Json resumed =
        body_of(http_->post("/tasks/" + task + "/resume", R"({"recover":true})"), 200);
    EXPECT_EQ(string_or(resumed, "status", ""), "active");
    body_of(http_->post("/tasks/" + task + "/cancel", "{}"), 200);
}

TEST(Simulate, TellsWhatAnOutageWouldDoAndChangesNothing) {
    Cluster cluster;
    cluster.serve("api");
    const auto http = cluster.client();
    const std::string task = create_task(
        *http,
        task_json("std.echo", "{}", "", R"("schedule_kind":"cron","schedule_expr":"0 * * * *")"));
    const Outcome ran =
        cluster.run({"simulate", "--from", "2098-03-01T00:00:00Z", "--to", "2098-03-01T06:00:00Z",
                     "--outage", "2098-03-01T00:30:00Z..2098-03-01T03:10:00Z"});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("2098-03-01T01:00:00+00:00 … 2098-03-01T02:00:00+00:00  does "
                                   "not run: missed(coalesced) (2 occurrences)"));
    EXPECT_THAT(ran.out,
                HasSubstr("2098-03-01T03:00:00+00:00  runs, at 2098-03-01T03:10:00+00:00"));
    EXPECT_THAT(ran.out, HasSubstr("4 run, 2 do not"));
    const Json after = body_of(http->get("/tasks/" + task), 200);
    EXPECT_EQ(find(after, "version")->GetInt(), 1);
}

TEST(Audit, KeepsWhyATaskWasSnoozed) {
    Cluster cluster;
    cluster.serve("api");
    const auto http = cluster.client();
    const std::string task = create_task(
        *http,
        task_json("std.echo", "{}", "", R"("schedule_kind":"cron","schedule_expr":"0 * * * *")"));
    const Json snoozed = body_of(
        http->post("/tasks/" + task + "/snooze",
                   R"({"delay_seconds":3600,"reason":"the office is \"closed\" până luni"})"),
        200);
    pqxx::connection link(cluster.database_url());
    pqxx::work work(link);
    const auto rows = work.exec_params(
        "SELECT details->>'reason', details->>'seconds', agent_id, request_id FROM audit_log "
        "WHERE action = 'task.snoozed' AND subject = $1",
        task);
    ASSERT_EQ(rows.size(), 1);
    EXPECT_STREQ(rows[0][0].c_str(), "the office is \"closed\" până luni");
    EXPECT_STREQ(rows[0][1].c_str(), "3600");
    EXPECT_STREQ(rows[0][2].c_str(), std::string(string_or(snoozed, "created_by", "")).c_str());
    EXPECT_STRNE(rows[0][3].c_str(), "");
}

}  // namespace
}  // namespace ordinaut::testing
