// Goal: whatever is sent, the answer has the right status and the one error shape, names the field,
// and the server lives on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/host.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;

class BadInput : public ::testing::Test {
protected:
    static void SetUpTestSuite() { host_ = new Host; }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->client()->get("/health").status, 200);
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }

    // The one shape; `field` is among the pointers, unless it is empty.
    void expect_error(const HttpAnswer& answer, int status, const std::string& field,
                      const std::string& what) {
        EXPECT_EQ(answer.status, status)
            << what << ": " << answer.body.substr(0, 500) << answer.error;
        const auto json = parse_json(answer.body);
        ASSERT_TRUE(json.ok()) << what << ": " << answer.body.substr(0, 500);
        for (const char* member : {"error", "message", "request_id", "timestamp"})
            EXPECT_FALSE(string_or(*json, member, "").empty())
                << what << " lacks " << member << ": " << answer.body;
        for (const char* leak :
             {"SELECT", "pqxx", "/work", "/usr/", "std::", "terminate", "exception"})
            EXPECT_EQ(answer.body.find(leak), std::string::npos) << what << ": " << answer.body;
        if (field.empty()) return;
        bool named = false;
        const JsonValue* details = find(*json, "details");
        if (details != nullptr && details->IsArray())
            for (const auto& detail : details->GetArray())
                named |= string_or(detail, "pointer", "").starts_with(field);
        EXPECT_TRUE(named) << what << ": " << field << " is not named in " << answer.body;
    }

    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
};
Host* BadInput::host_ = nullptr;

// A good task with one member replaced or added.
std::string task_with(const std::string& member, const std::string& value) {
    auto json = parse_json(task_json("std.echo", R"({"n":1})"));
    json->RemoveMember(member.c_str());
    std::string text = to_json(*json);
    text.pop_back();
    return text + ",\"" + member + "\":" + value + "}";
}

TEST_F(BadInput, TextThatIsNoJson) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"nothing", " "},
        {"a word", "hello"},
        {"cut off", R"({"title":"x")"},
        {"trailing comma", R"({"title":"x",})"},
        {"two texts", "{} {}"},
        {"single quotes", "{'title':'x'}"},
        {"comment", "{/*x*/}"},
        {"NaN", R"({"priority":NaN})"},
        {"depth 10,000", deep},
        {"depth 10,000 inside", R"({"title":"x","payload":)" + deep + "}"},
        {"objects 5,000 deep",
         [] {
             std::string s;
             for (int i = 0; i < 5000; ++i) s += R"({"a":)";
             return s + "1" + std::string(5000, '}');
         }()},
        {"duplicate keys", R"({"title":"x","title":"y"})"},
        {"duplicate keys inside", R"({"payload":{"a":1,"a":2}})"},
        {"invalid UTF-8", "{\"title\":\"\xff\xfe\"}"},
        {"overlong UTF-8", "{\"title\":\"\xc0\x80\"}"},
        {"lone surrogate", R"({"title":"\ud800"})"},
        {"NUL escaped", R"({"title":"a\u0000b"})"},
        {"NUL raw", std::string("{\"title\":\"a\0b\"}", 15)},
        {"NUL after", std::string("{}\0x", 4)},
        {"byte order mark", "\xef\xbb\xbf{}"},
        {"huge integer", R"({"priority":99999999999999999999999})"},
        {"huge number", R"({"priority":1e999})"},
    };
    for (const auto& [what, text] : cases) expect_error(http_->post("/tasks", text), 400, "", what);
}

TEST_F(BadInput, FieldsThatAreWrong) {
    struct Case {
        std::string member, value;
        std::string pointer = {};
    };
    const std::string step = R"({"pipeline":[{"id":"a","uses":"std.echo"}]})";
    const std::vector<Case> cases = {
        {"title", "7"},
        {"title", "\"\""},
        {"title", "null"},
        {"title", "\"" + std::string(201, 'x') + "\""},
        {"schedule_kind", "\"weekly\""},
        {"schedule_kind", "1"},
        {"schedule_expr", "\"\""},
        {"schedule_expr", "\"61 * * * *\""},
        {"schedule_expr", "\"* * * *\""},
        {"schedule_expr", "\"0 0 30 2 *\""},
        {"timezone", "\"Mars/Olympus\""},
        {"timezone", "\"../../etc/passwd\""},
        {"timezone", "\"\""},
        {"priority", "0"},
        {"priority", "10"},
        {"priority", "1.5"},
        {"priority", "\"5\""},
        {"max_retries", "11"},
        {"max_retries", "-1"},
        {"backoff_strategy", "\"random\""},
        {"overlap", "\"maybe\""},
        {"misfire", "\"later\""},
        {"jitter_seconds", "-1"},
        {"concurrency_limit", "0"},
        {"dedupe_window_seconds", "true"},
        {"created_by", "\"me\""},
        {"dst_gap", "\"jump\""},
        {"titel", "\"x\""},
        {"payload", "[]"},
        {"payload", "\"x\""},
        {"payload", "{}"},
        {"payload", R"({"pipeline":{}})"},
        {"payload", R"({"pipeline":[{}]})", "/payload/pipeline/0"},
        {"payload", R"({"pipeline":[{"id":"a","uses":"std.echo"},{"id":"a","uses":"std.echo"}]})",
         "/payload/pipeline/1"},
        {"payload", R"({"pipeline":[{"id":"a","uses":"std.echo","usess":1}]})",
         "/payload/pipeline/0"},
        {"payload",
         R"({"pipeline":[{"id":"a","uses":"std.echo","with":{"x":"${steps.b.y}"}},{"id":"b","uses":"std.echo"}]})",
         "/payload/pipeline/0"},
        {"payload", R"({"pipeline":[{"id":"a","uses":"std.echo","with":{"x":"${params.["}}]})",
         "/payload/pipeline/0"},
        {"payload", R"({"pipeline":[{"id":"a","uses":"std.echo","if":"]"}]})",
         "/payload/pipeline/0/if"},
        {"payload", R"({"pipeline":[{"id":"a","uses":"std.echo","foreach":[1]}]})",
         "/payload/pipeline/0"},
    };
    for (const Case& c : cases)
        expect_error(http_->post("/tasks", task_with(c.member, c.value)), 422,
                     c.pointer.empty() ? "/" + c.member : c.pointer,
                     c.member + "=" + c.value.substr(0, 80));
    expect_error(http_->post("/tasks", R"({"title":"x"})"), 422, "/schedule_kind",
                 "missing members");
    EXPECT_THAT(http_->post("/tasks", task_with("titel", "\"x\"")).body, HasSubstr("title"));
    expect_error(http_->post("/tasks", "[]"), 422, "", "an array");
}

TEST_F(BadInput, SchedulesThatAreWrong) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"rrule", "FREQ=NEVER"},
        {"rrule", "BYDAY=MO"},
        {"rrule", "FREQ=DAILY;FREQ=WEEKLY"},
        {"rrule", "FREQ=DAILY;BYHOUR=25"},
        {"rrule", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        {"rrule", "FREQ=DAILY;COUNT=1;UNTIL=20300101T000000Z"},
        {"rrule", "FREQ=DAILY;INTERVAL=0"},
        {"rrule", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31"},
        {"rrule", std::string(9000, 'A')},
        {"cron", "99 * * * *"},
        {"cron", "hello"},
        {"cron", "* * * * * * *"},
        {"cron", "0 0 31 2 *"},
        {"cron", "*/0 * * * *"},
        {"once", "yesterday"},
        {"once", "2026-13-01T00:00:00Z"},
        {"once", "2026-02-30T00:00:00Z"},
        {"once", "1999-01-01T00:00:00Z"},
        {"once", "2026-03-01T25:00:00"},
    };
    for (const auto& [kind, text] : cases) {
        const std::string when =
            R"("schedule_kind":")" + kind + R"(","schedule_expr":")" + text + "\"";
        expect_error(http_->post("/tasks", task_json("std.echo", "{}", "", when)), 422,
                     "/schedule_expr", kind + " " + text.substr(0, 60));
    }
    expect_error(
        http_->post("/schedules/preview",
                    R"({"schedule_kind":"cron","schedule_expr":"0 8 * * *","after":"soon"})"),
        422, "/after", "after");
    expect_error(
        http_->post("/schedules/preview",
                    R"({"schedule_kind":"cron","schedule_expr":"0 8 * * *","count":100000})"),
        422, "/count", "count");
}

TEST_F(BadInput, TimelinesThatAreNone) {
    const std::string day = "start_time=2026-03-01T00:00:00Z&end_time=2026-03-02T00:00:00Z";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"start_time=yesterday", "/start_time"},
        {"end_time=2026-13-01T00:00:00Z", "/end_time"},
        {"start_time=2026-03-02T00:00:00Z&end_time=2026-03-02T00:00:00Z", "/start_time"},
        {"start_time=2016-03-02T00:00:00Z&end_time=2026-03-02T00:00:00Z", "/start_time"},
        {day + "&bucket_seconds=60", "/bucket_seconds"},
        {day + "&bucket_seconds=61", "/bucket_seconds"},
        {day + "&bucket_seconds=0", "/bucket_seconds"},
        {day + "&task_id=nobody", "/task_id"},
        {day + "&bucket=60", "/bucket"},
    };
    for (const auto& [query, pointer] : cases)
        expect_error(http_->get("/runs/stats/timeline?" + query), 422, pointer, query);
    expect_error(http_->get("/runs/stats/timeline?task_id=0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"),
                 404, "", "nobody's task");
    for (const char* id : {"abc", "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10x", "%25%25%25%25"})
        expect_error(http_->get(std::string("/runs?id=") + id), 422, "/id", id);
}

TEST_F(BadInput, PathsAndQueriesThatAreWrong) {
    expect_error(http_->get("/tasks/not-an-id"), 422, "/task_id", "an id that is none");
    expect_error(http_->get("/tasks/0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10"), 404, "", "nobody's id");
    expect_error(http_->get("/nothing/here"), 404, "", "no such path");
    expect_error(http_->get("/tasks/..%2f..%2f..%2fetc%2fpasswd"), 400, "",
                 "path traversal, encoded");
    expect_error(http_->get("/tasks/..%5c..%5cpasswd"), 400, "", "path traversal, backslashes");
    expect_error(http_->get("/tasks/%00"), 400, "", "NUL in the path");
    expect_error(http_->get("/tasks?limit=0"), 422, "/limit", "limit 0");
    expect_error(http_->get("/tasks?limit=201"), 422, "/limit", "limit 201");
    expect_error(http_->get("/tasks?limit=ten"), 422, "/limit", "limit ten");
    expect_error(http_->get("/tasks?offset=-1"), 422, "/offset", "offset -1");
    expect_error(http_->get("/tasks?status=asleep"), 422, "/status", "status asleep");
    expect_error(http_->get("/tasks?colour=red"), 422, "/colour", "unknown filter");
    expect_error(http_->get("/runs?start_time=noon"), 422, "/start_time", "a time that is none");
    expect_error(http_->request("PATCH", "/tasks", "{}"), 405, "", "a method nobody has");
    expect_error(http_->request("POST", "/tasks", "title=x",
                                {{"Content-Type", "application/x-www-form-urlencoded"}}),
                 415, "", "a form");
    expect_error(http_->post("/tools/no.such/invoke", "{}"), 404, "", "no such tool");
    expect_error(http_->post("/tools/std.sleep/invoke", R"({"seconds":"long"})"), 422, "/seconds",
                 "a tool's input");
    expect_error(http_->get("/extensions/..%2f..%2f"), 400, "", "an extension that is a path");
    expect_error(http_->get("/extensions/...."), 404, "", "an extension that is dots");
}

TEST_F(BadInput, BodiesThatAreTooLarge) {
    const std::string ten_megabytes = R"({"title":")" + std::string(10 << 20, 'x') + "\"}";
    expect_error(http_->post("/tasks", ten_megabytes), 413, "", "10 MB");
    EXPECT_EQ(http_->get("/health").status, 200);
}

// SQL in every string is only text.
TEST_F(BadInput, SqlIsOnlyText) {
    const std::string sql = "'; DROP TABLE task; --\\\" OR 1=1 /* $1 % _";
    const auto made =
        http_->post("/tasks", R"({"title":")" + sql + R"(","description":")" + sql +
                                  R"(","schedule_kind":"cron","schedule_expr":"0 0 1 1 *",)"
                                  R"("dedupe_key":")" +
                                  sql + R"(","concurrency_key":")" + sql +
                                  R"(","payload":{"params":{"p":")" + sql +
                                  R"("},"pipeline":[{"id":"a","uses":"std.echo",)"
                                  R"("with":{"t":"${params.p}"}}]}})");
    const Json task = body_of(made, 201);
    EXPECT_EQ(string_or(task, "title", ""), "'; DROP TABLE task; --\" OR 1=1 /* $1 % _");
    const Json run = wait_for_run(*http_, run_now(*http_, std::string(string_or(task, "id", ""))));
    EXPECT_EQ(string_or(run, "state", ""), "succeeded") << to_json(run);
    EXPECT_EQ(string_or(*find(*find(run, "output"), "a"), "t", ""),
              "'; DROP TABLE task; --\" OR 1=1 /* $1 % _");
    EXPECT_EQ(http_->get("/tasks?q=%27%20OR%201%3D1--%25_%5C").status, 200);
    expect_error(http_->get("/tasks?sort=title;DROP%20TABLE%20task"), 422, "/sort", "SQL as sort");
    expect_error(http_->request("PUT", "/secrets/x'%20OR%201=1", R"({"value":"v"})"), 422, "/name",
                 "SQL as a secret's name");
    EXPECT_EQ(http_->get("/tasks").status, 200);
}

TEST_F(BadInput, TokensThatAreWrong) {
    HttpClient stranger(host_->url());
    expect_error(stranger.get("/tasks"), 401, "", "no token");
    for (const std::string token :
         {"x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", "'; DROP TABLE agent; --"}) {
        stranger.set_token(token);
        expect_error(stranger.get("/tasks"), 401, "", token);
    }
    stranger.set_token("");
    expect_error(
        stranger.post(
            "/agents/auth/token",
            R"({"agent_id":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10","agent_secret":"guess"})"),
        401, "", "a guessed secret");
    expect_error(stranger.post("/agents/auth/token", R"({"agent_id":1})"), 422, "/agent_id",
                 "an agent_id that is none");
}

}  // namespace
}  // namespace ordinaut::testing
