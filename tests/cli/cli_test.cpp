// Goal: what is typed becomes exactly one right request, and what is answered becomes output and an
// exit code. Method: the command line in this process, against an HTTP server of the test.
#include "cli/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/adjustments.h"
#include "tests/cli/command_line.h"
#include "tests/support/http_stub.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpStub;
using ::testing::Not;
using testing::StubAnswer;
using testing::StubRequest;
using testing::TempDir;
using testing::write_file;

constexpr const char* kId = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";

class CliTest : public ::testing::Test {
protected:
    CliTest() {
        typist_.environment = {{"ORDINAUT_DATA_DIR", dir_.path()},
                               {"ORDINAUT_URL", stub_.url()},
                               {"ORDINAUT_TOKEN", "t0ken"}};
    }

    Ran type(const std::vector<std::string>& arguments) { return typist_.type(arguments); }
    // "POST /tasks {…}" of the latest request.
    std::string latest() const {
        const auto requests = stub_.requests();
        if (requests.empty()) return "no request";
        const StubRequest& request = requests.back();
        return request.method + " " + request.target +
               (request.body.empty() ? "" : " " + request.body);
    }
    std::string file(const std::string& name, const std::string& text) {
        write_file(dir_ / name, text);
        return dir_ / name;
    }

    TempDir dir_;
    std::function<StubAnswer(const StubRequest&)> answer_ = [](const StubRequest&) {
        return StubAnswer{};
    };
    HttpStub stub_{[this](const StubRequest& request) { return answer_(request); }};
    Typist typist_;
};

TEST_F(CliTest, OptionsBecomeTheBodyInTheirTypes) {
    EXPECT_EQ(type({"task", "create", "--title", "A", "--priority", "8", "--tz=UTC", "--payload",
                    R"({"pipeline":[]})"})
                  .code,
              0);
    EXPECT_EQ(
        latest(),
        R"(POST /tasks {"payload":{"pipeline":[]},"priority":8,"timezone":"UTC","title":"A"})");
    EXPECT_EQ(stub_.requests().back().headers.at("authorization"), "Bearer t0ken");
}

TEST_F(CliTest, ANumberOfASetIsANumber) {
    answer_ = [](const StubRequest&) {
        return StubAnswer{
            200,
            R"({"total":7,"items":[{"at":"2026-03-01T10:00:00Z","total":7,"succeeded":6,"failed":1,)"
            R"("canceled":0,"live":0,"lateness_seconds_p95":0.25,"duration_seconds_p95":null}]})"};
    };
    const Ran ran = type({"run", "timeline", "--bucket-seconds", "900"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(latest(), "GET /runs/stats/timeline?bucket_seconds=900");
    EXPECT_THAT(ran.out, AllOf(HasSubstr("SUCCEEDED"), HasSubstr("2026-03-01T10:00:00Z"),
                               HasSubstr("0.25")));
}

TEST_F(CliTest, AFileIsTheBodyAndOptionsReplaceItsMembers) {
    const std::string path = file("task.yaml",
                                  "title: From file\npriority: 3\npayload:\n  pipeline:\n    - "
                                  "{id: a, uses: std.echo, with: {n: 1, s: '1'}}\n");
    EXPECT_EQ(type({"task", "create", "-f", path, "--priority", "9"}).code, 0);
    EXPECT_EQ(
        latest(),
        R"(POST /tasks {"title":"From file","payload":{"pipeline":[{"id":"a","uses":"std.echo","with":{"n":1,"s":"1"}}]},"priority":9})");
}

TEST_F(CliTest, PathParametersAreEncodedAndTheRestOfAGetIsQuery) {
    type({"task", "show", "a/b ?ș"});
    EXPECT_EQ(latest(), "GET /tasks/a%2Fb%20%3F%C8%99");
    type({"task", "list", "--status", "paused", "--q", "a&b=c", "--late=false", "--limit", "5"});
    EXPECT_EQ(latest(), "GET /tasks?late=false&limit=5&q=a%26b%3Dc&status=paused");
    type({"task", "delete", kId});
    EXPECT_EQ(latest(), std::string("DELETE /tasks/") + kId);
}

TEST_F(CliTest, NullAndListsAndWholeBodies) {
    type({"task", "update", kId, "--dedupe-key", "null"});
    EXPECT_EQ(latest(), std::string("PUT /tasks/") + kId + R"( {"dedupe_key":null})");
    type({"agent", "create", "--name", "x", "--scopes", "tasks:read,runs:read", "--scopes",
          "admin"});
    EXPECT_EQ(latest(), R"(POST /agents {"name":"x","scopes":["tasks:read","runs:read","admin"]})");
    type({"tool", "invoke", "std.echo", R"({"text":"hi"})"});
    EXPECT_EQ(latest(), R"(POST /tools/std.echo/invoke {"text":"hi"})");
    type({"tool", "invoke", "std.echo", "-f", file("in.yaml", "n: 1")});
    EXPECT_EQ(latest(), R"(POST /tools/std.echo/invoke {"n":1})");
}

TEST_F(CliTest, PreviewGuessesTheKind) {
    type({"preview", "FREQ=DAILY;BYHOUR=8", "--tz", "Europe/Chisinau", "--count", "3"});
    EXPECT_THAT(latest(),
                AllOf(HasSubstr("POST /schedules/preview"), HasSubstr(R"("schedule_kind":"rrule")"),
                      HasSubstr(R"("timezone":"Europe/Chisinau")"), HasSubstr(R"("count":3)")));
    type({"preview", "whenever", "--kind", "cron"});
    EXPECT_THAT(latest(), HasSubstr(R"("schedule_kind":"cron")"));
    const Ran unclear = type({"preview", "whenever"});
    EXPECT_EQ(unclear.code, 2);
    EXPECT_THAT(unclear.err, HasSubstr("--kind"));
    for (const auto& [text, kind] :
         std::map<std::string, std::string>{{"0 8 * * 1-5", "cron"},
                                            {"@daily", "cron"},
                                            {"*/5 0 8 * * *", "cron"},
                                            {"rrule:freq=daily", "rrule"},
                                            {"DTSTART:20260301T080000\nRRULE:FREQ=DAILY", "rrule"},
                                            {"2026-03-01T08:00", "once"},
                                            {"20260301T080000Z", "once"},
                                            {"", ""}})
        EXPECT_EQ(guess_schedule_kind(text), kind) << text;
}

TEST_F(CliTest, PreviewOfAYearIsACalendar) {
    answer_ = [](const StubRequest&) {
        return StubAnswer{
            200, R"({"description":{"en":"Mondays."},"occurrences":[],"warnings":["mind the gap"],
            "calendar":{"year":2027,"days":[{"date":"2027-01-04","runs":1},{"date":"2027-02-28","runs":100},{"date":"nonsense","runs":1}]}})"};
    };
    const Ran shown = type({"preview", "0 8 * * 1", "--year", "2027"});
    EXPECT_THAT(latest(), HasSubstr(R"("year":2027)"));
    EXPECT_EQ(shown.code, 0);
    EXPECT_THAT(
        shown.out,
        AllOf(HasSubstr("Mondays."),
              HasSubstr("2027\n\n       January               February                 March\n"),
              HasSubstr("Mo Tu We Th Fr Sa Su   Mo Tu We Th Fr Sa Su   Mo Tu We Th Fr Sa Su\n"),
              HasSubstr("             1  2  3    1  2  3  4  5  6  7    1  2  3  4  5  6  7\n 4* 5 "
                        " 6  7  8  9 10    8"),
              HasSubstr(" 25 26 27 28*"),
              HasSubstr("* runs on 2 days, at least 101 times in all\nwarning: mind the gap\n")));
    typist_.width = 45;  // Two months fit.
    EXPECT_THAT(
        type({"preview", "0 8 * * 1", "--year", "2027"}).out,
        AllOf(HasSubstr("February\n"), HasSubstr("December\n"), Not(HasSubstr("February  "))));
}

TEST_F(CliTest, EvalAndRenderReadFiles) {
    answer_ = [](const StubRequest&) { return StubAnswer{200, R"({"result":[1,"two"]})"}; };
    const Ran evaluated = type({"eval", "a.b", file("data.json", R"({"a":{"b":1}})")});
    EXPECT_EQ(latest(), R"(POST /pipelines/eval {"data":{"a":{"b":1}},"expression":"a.b"})");
    EXPECT_EQ(evaluated.out, "[1,\"two\"]\n");
    type({"render", file("task.yaml", "title: x\npayload: {pipeline: [], params: {n: 2}}")});
    EXPECT_EQ(latest(), R"(POST /pipelines/render {"payload":{"pipeline":[],"params":{"n":2}}})");
    type({"calendar", "set", "school", "--ical", file("school.ics", "BEGIN:VCALENDAR\n")});
    EXPECT_EQ(latest(), R"(PUT /calendars/school {"ical":"BEGIN:VCALENDAR\n"})");
    EXPECT_EQ(type({"calendar", "set", "school", "--ical", "/nowhere.ics"}).err,
              "ordinaut: cannot open /nowhere.ics: No such file or directory\n");
    type({"render", file("bare.yaml", "pipeline: []"), "--event", R"({"k":1})"});
    EXPECT_EQ(latest(), R"(POST /pipelines/render {"payload":{"pipeline":[]},"event":{"k":1}})");
}

TEST_F(CliTest, WrongWordsAreRefusedBeforeAnythingIsSent) {
    struct Case {
        std::vector<std::string> words;
        std::string message;
    };
    const std::vector<Case> cases = {
        {{"tsk", "list"}, "did you mean 'task'?"},
        {{"task", "crate"}, "there is no command 'crate'; did you mean 'create'?"},
        {{"task", "create", "--titel", "x"}, "there is no option --titel; did you mean '--title'?"},
        {{"task", "create", "--titel=x"}, "did you mean '--title'?"},
        {{"task", "show"}, "TASK_ID is required"},
        {{"task", "show", "a", "b"}, "'b' is one word too many"},
        {{"task", "list", "--status", "pausd"}, "did you mean 'paused'?"},
        {{"task", "create", "--priority", "high"},
         "--priority: 'high' is not right; it must be a whole number"},
        {{"task", "create", "--priority", "1.5"}, "a whole number"},
        {{"run", "timeline", "--bucket-seconds", "61"},
         "--bucket-seconds: '61' is not right; it must be one of 10, 30, 60, 300"},
        {{"task", "create", "--payload", "{"}, "--payload: '{' is not right; it must be JSON"},
        {{"task", "create", "--payload", "[]"}, "a JSON object"},
        {{"task", "list", "--late=perhaps"}, "--late"},
        {{"task", "create", "-f", "/nonexistent.yaml"}, "cannot open /nonexistent.yaml"},
        {{"completion", "tcsh"}, "tcsh"},
    };
    for (const Case& c : cases) {
        const Ran ran = type(c.words);
        EXPECT_EQ(ran.code, 2) << c.message;
        EXPECT_THAT(ran.err, HasSubstr(c.message));
        EXPECT_EQ(ran.out, "");
    }
    EXPECT_TRUE(stub_.requests().empty());
}

TEST_F(CliTest, ErrorsTellSentenceFieldsAndExitCode) {
    for (const auto& [status, code] : std::map<int, int>{{400, 1},
                                                         {401, 4},
                                                         {403, 4},
                                                         {404, 3},
                                                         {409, 1},
                                                         {422, 1},
                                                         {429, 1},
                                                         {500, 1},
                                                         {503, 5}}) {
        answer_ = [status = status](const StubRequest&) {
            return StubAnswer{
                status,
                R"({"error":"e","message":"It is wrong.","details":[{"pointer":"/priority","message":"1 to 9"}]})"};
        };
        const Ran ran = type({"task", "show", kId});
        EXPECT_EQ(ran.code, code) << status;
        EXPECT_THAT(ran.err,
                    AllOf(HasSubstr("ordinaut: It is wrong."), HasSubstr("/priority: 1 to 9")));
        EXPECT_EQ(ran.out, "");
    }
    answer_ = [](const StubRequest&) {
        return StubAnswer{
            422,
            R"({"error":"e","message":"/priority: 1 to 9","details":[{"pointer":"/priority","message":"1 to 9"}]})"};
    };
    EXPECT_EQ(type({"task", "show", kId}).err, "ordinaut: /priority: 1 to 9\n");
    answer_ = [](const StubRequest&) {
        return StubAnswer{502, "<html>bad gateway</html>", {{"Content-Type", "text/html"}}};
    };
    EXPECT_THAT(type({"task", "show", kId}).err, HasSubstr("502"));
    answer_ = [](const StubRequest&) {
        return StubAnswer{403, R"({"message":"no","details":{"missing_scope":"tasks:write"}})"};
    };
    EXPECT_THAT(type({"task", "delete", kId}).err, HasSubstr("missing scope: tasks:write"));
}

TEST_F(CliTest, NobodyThereIsUnavailable) {
    typist_.environment["ORDINAUT_URL"] = "http://127.0.0.1:1";
    const Ran ran = type({"status"});
    EXPECT_EQ(ran.code, 5);
    EXPECT_THAT(ran.err, HasSubstr("cannot reach http://127.0.0.1:1"));
    EXPECT_EQ(type({"status", "--server", "nonsense://x"}).code, 2);
}

TEST_F(CliTest, ListsAreTablesAndJsonIsTheBodyAsItCame) {
    const std::string body =
        R"({"items":[{"id":"1","status":"active","title":"Ș\u001b[2J"},{"id":"22","status":"paused","title":"b"}],)"
        R"("total":7,"limit":2,"offset":0,"has_more":true})";
    answer_ = [&](const StubRequest&) { return StubAnswer{200, body}; };
    const Ran ran = type({"task", "list"});
    EXPECT_THAT(ran.out, AllOf(HasSubstr("ID  STATUS"), HasSubstr("1   active"),
                               HasSubstr("22  paused"), HasSubstr("Ș\\u001b[2J")));
    EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
    EXPECT_THAT(ran.err, HasSubstr("2 of 7; --offset 2 shows more"));
    EXPECT_EQ(type({"task", "list", "--json"}).out, body + "\n");
    EXPECT_EQ(type({"--json", "task", "list"}).out, body + "\n");
}

TEST_F(CliTest, OneThingIsYamlWithItsTypes) {
    answer_ = [](const StubRequest&) {
        return StubAnswer{200,
                          R"({"id":"x","n":3,"text":"3","gone":null,"output":{"a":[1,true]}})"};
    };
    EXPECT_EQ(type({"task", "show", kId}).out,
              "id: x\nn: 3\ntext: \"3\"\noutput:\n  a:\n    - 1\n    - true\n");
    answer_ = [](const StubRequest&) { return StubAnswer{204, ""}; };
    EXPECT_EQ(type({"task", "delete", kId}).out, "done\n");
}

TEST_F(CliTest, StatusTellsByItsExitCode) {
    answer_ = [](const StubRequest&) {
        return StubAnswer{
            200,
            R"({"status":"down","version":"1","checks":[{"name":"database","status":"down"}]})"};
    };
    const Ran ran = type({"status"});
    EXPECT_EQ(ran.code, 5);
    EXPECT_THAT(ran.out, AllOf(HasSubstr("down  Ordinaut 1"), HasSubstr("database  down")));
}

TEST_F(CliTest, TaskRunWaitsForTheEnd) {
    int looks = 0;
    answer_ = [&](const StubRequest& request) {
        if (request.method == "POST") return StubAnswer{202, R"({"id":"run-1","state":"ready"})"};
        const std::string state = ++looks < 3 ? "running" : "failed";
        return StubAnswer{200, R"({"id":"run-1","state":")" + state + R"(","output":{"n":1}})"};
    };
    const Ran ran = type({"task", "run", kId, "--wait"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.out,
                AllOf(HasSubstr("state: failed"), HasSubstr("n: 1"), Not(HasSubstr("running"))));
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(looks, 3);
}

TEST_F(CliTest, FollowingALogEndsWithTheRunAndMissesNothing) {
    int states = 0;
    answer_ = [&](const StubRequest& request) {
        if (request.target.find("/logs") == std::string::npos)
            return StubAnswer{200,
                              ++states < 2 ? R"({"state":"running"})" : R"({"state":"succeeded"})"};
        if (request.target.find("after=0&") != std::string::npos)
            return StubAnswer{
                200, R"({"items":[{"at":"T1","level":"info","message":"one"}],"next_after":5})"};
        if (request.target.find("after=5&") != std::string::npos && states == 2)
            return StubAnswer{
                200,
                R"({"items":[{"at":"T2","level":"warn","message":"two","step_id":"s"}],"next_after":9})"};
        return StubAnswer{200, R"({"items":[],"next_after":9})"};
    };
    const Ran ran = type({"run", "logs", kId, "-f"});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out, "T1 info  -  one\nT2 warn  s  two\n");
}

TEST_F(CliTest, ThePartOfAnIdIsEnoughWhenItIsUnique) {
    answer_ = [](const StubRequest& request) {
        if (request.target.starts_with("/tasks?"))
            return StubAnswer{200, R"({"items":[{"id":"abcd1111"},{"id":"abcd2222"}]})"};
        return StubAnswer{200, R"({"id":"x"})"};
    };
    EXPECT_EQ(type({"task", "show", "abcd2"}).code, 0);
    EXPECT_EQ(latest(), "GET /tasks/abcd2222");
    EXPECT_EQ(type({"task", "show", "D1111"}).code, 0);
    EXPECT_EQ(latest(), "GET /tasks/abcd1111");
    EXPECT_THAT(type({"task", "show", "abcd"}).err, HasSubstr("more than one id"));
    EXPECT_EQ(type({"task", "show", "ffff"}).code, 3);
}

TEST_F(CliTest, TheServerFindsARunHoweverOldByPartOfItsId) {
    answer_ = [](const StubRequest& request) {
        if (request.target == "/runs?limit=200&id=abcd")
            return StubAnswer{200, R"({"items":[{"id":"1111abcd"}]})"};
        if (request.target.starts_with("/runs?")) return StubAnswer{200, R"({"items":[]})"};
        return StubAnswer{200, R"({"id":"x"})"};
    };
    EXPECT_EQ(type({"run", "show", "abcd"}).code, 0);
    EXPECT_EQ(latest(), "GET /runs/1111abcd");
    const Ran none = type({"run", "show", "ffff"});
    EXPECT_EQ(none.code, 3);
    EXPECT_THAT(none.err, HasSubstr("no run has an id that begins or ends with 'ffff'"));
}

TEST_F(CliTest, LogsInWithTheCredentialsAndKeepsTheToken) {
    typist_.environment.erase("ORDINAUT_TOKEN");
    typist_.environment.erase("ORDINAUT_URL");
    write_file(dir_ / "credentials.json",
               R"({"agent_id":"a1","agent_secret":"s3cret","url":")" + stub_.url() + "\"}");
    std::string valid = "first";
    answer_ = [&](const StubRequest& request) {
        if (request.target == "/agents/auth/token")
            return StubAnswer{200, R"({"access_token":")" + valid + R"(","expires_in":900})"};
        const auto header = request.headers.find("authorization");
        if (header == request.headers.end() || header->second != "Bearer " + valid)
            return StubAnswer{401, R"({"message":"no"})"};
        return StubAnswer{200, "{}"};
    };
    EXPECT_EQ(type({"task", "show", kId}).code, 0);
    EXPECT_EQ(stub_.requests().size(), 2U);
    EXPECT_EQ(stub_.requests().front().body, R"({"agent_id":"a1","agent_secret":"s3cret"})");
    struct stat info {};
    ASSERT_EQ(stat((dir_ / "token.json").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U);
    EXPECT_EQ(type({"task", "show", kId}).code, 0);
    EXPECT_EQ(stub_.requests().size(), 3U);  // The kept token served.
    valid = "second";
    EXPECT_EQ(type({"task", "show", kId}).code, 0);  // Refused, logged in again, tried again.
    EXPECT_EQ(type({"agent", "token"}).out, "second\n");
}

TEST_F(CliTest, TheSecretGoesOnlyToItsServer) {
    typist_.environment.erase("ORDINAUT_TOKEN");
    write_file(dir_ / "credentials.json",
               R"({"agent_id":"a1","agent_secret":"s3cret","url":"http://127.0.0.1:1"})");
    type({"task", "show", kId});
    for (const StubRequest& request : stub_.requests())
        EXPECT_EQ(request.body.find("s3cret"), std::string::npos);
    const Ran ran = type({"agent", "token"});
    EXPECT_EQ(ran.code, 4);
    EXPECT_THAT(ran.err, HasSubstr("is for http://127.0.0.1:1"));
}

TEST_F(CliTest, EveryCommandHasHelpWithAnExample) {
    for (const auto& operation : sample_declarations().operations) {
        std::vector<std::string> words;
        std::istringstream in{std::string(operation.cli)};
        for (std::string word; in >> word;) words.push_back(word);
        words.emplace_back("--help");
        const Ran ran = type(words);
        EXPECT_EQ(ran.code, 0);
        EXPECT_THAT(ran.out,
                    AllOf(HasSubstr(std::string(operation.summary)),
                          HasSubstr("Example:\n  ordinaut " + std::string(operation.cli))));
    }
    EXPECT_EQ(type({}).code, 2);
    EXPECT_THAT(type({"task", "update", "--help"}).out,
                HasSubstr(std::string("ordinaut task update ") + kId + " --priority 8"));
    EXPECT_THAT(type({"agent", "create", "--help"}).out,
                HasSubstr("agent create --name reporting --scopes operator,viewer"));
    EXPECT_THAT(type({"--help"}).out,
                AllOf(HasSubstr("serve"), HasSubstr("completion"), HasSubstr("--json")));
}

TEST_F(CliTest, CompletionKnowsEveryCommand) {
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const Ran ran = type({"completion", shell});
        EXPECT_EQ(ran.code, 0);
        EXPECT_THAT(ran.out, AllOf(HasSubstr("task create"), HasSubstr("--priority"),
                                   HasSubstr("--print-config")))
            << shell;
    }
    EXPECT_THAT(type({"version"}).out, HasSubstr("ordinaut "));
}

TEST_F(CliTest, ServerCommandsGetTheResolvedConfiguration) {
    std::vector<std::string> calls;
    typist_.commands.up = [&](const ServerConfig& config) {
        calls.push_back("up " + std::to_string(config.port) + " " + config.data_dir +
                        (config.require_scopes ? " scopes" : ""));
        return 0;
    };
    typist_.commands.serve = [&](const ServerConfig& config) {
        calls.push_back("serve " + config.roles.front() + " " + config.database_url +
                        (config.require_scopes ? " scopes" : ""));
        return 7;
    };
    typist_.commands.migrate = [&](const ServerConfig& config, bool dry_run) {
        calls.push_back("migrate " + config.database_url + (dry_run ? " dry" : ""));
        return 0;
    };
    EXPECT_EQ(type({"up", "--port", "0", "--data-dir", "/d"}).code, 0);
    EXPECT_EQ(type({"serve"}).code, 2);
    typist_.environment["DATABASE_URL"] = "postgresql:///x";
    typist_.environment["REDIS_URL"] = "unix:///r";
    EXPECT_EQ(type({"serve", "--roles=runner"}).code, 7);
    EXPECT_EQ(type({"migrate", "--dry-run"}).code, 0);
    typist_.commands.simulate = [&](const ServerConfig& config, const Simulation& asked) {
        calls.push_back("simulate " + config.database_url + " " + format_time(asked.from) + " " +
                        std::to_string(asked.outages.size()) + " " +
                        format_time(asked.outages.at(1).second));
        return 0;
    };
    const std::vector<std::string> simulate{"simulate", "--from", "2026-03-01T00:00:00Z", "--to",
                                            "2026-03-02T00:00:00Z"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), simulate.begin(), simulate.end());
        return type(more);
    };
    EXPECT_EQ(with({"--outage", "2026-03-01T01:00:00Z..2026-03-01T02:00:00Z", "--outage",
                    "2026-03-01T03:00:00Z..2026-03-01T04:00:00Z"})
                  .code,
              0);
    EXPECT_THAT(with({"--outage", "noon"}).err, HasSubstr("expected TIME..TIME"));
    EXPECT_THAT(with({"--to", "2026-02-01T00:00:00Z"}).code, 2);
    EXPECT_EQ(type({"serve", "--port", "x"}).code, 2);
    EXPECT_THAT(type({"serve", "--print-config"}).out, HasSubstr("environment DATABASE_URL"));
    EXPECT_THAT(
        calls,
        ElementsAre("up 0 /d", "serve runner postgresql:///x scopes", "migrate postgresql:///x dry",
                    "simulate postgresql:///x 2026-03-01T00:00:00Z 2 2026-03-01T04:00:00Z"));
}

}  // namespace
}  // namespace ordinaut::cli
