// Goal: assistants can use the server through the Model Context Protocol, in both eras, and
// mistakes get answers to act on. Method: the real program; raw messages, the official clients and
// the official conformance suite.
#include "tests/e2e/mcp_fixture.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

#include "tests/support/raw_socket.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr const char* kNode = NODE_DIR "/node_modules/node/bin/node";
constexpr const char* kNobody = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";

TEST_F(Mcp, TheOfficialClientsHaveAWholeConversation) {
    for (const std::string era : {"2025", "2026"}) {
        const Outcome talk = run_process(
            {.argv = {kNode, NODE_DIR "/mcp/conversation.mjs", url(), host_->token(), era}});
        EXPECT_EQ(talk.exit_code, 0) << era << "\n" << talk.out << talk.err;
    }
}

TEST_F(Mcp, MistakesAreRepairedFromTheirAnswersAlone) {
    for (const std::string era : {"2025", "2026"}) {
        const Outcome talk = run_process(
            {.argv = {kNode, NODE_DIR "/mcp/mistakes.mjs", url(), host_->token(), era}});
        EXPECT_EQ(talk.exit_code, 0) << era << "\n" << talk.out << talk.err;
    }
}

TEST_F(Mcp, OneMessagePerRequest) {
    const McpSession session(*http_);
    const auto batch = session.send(R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])");
    EXPECT_EQ(batch.status, 400);
    EXPECT_THAT(batch.body, HasSubstr("batches are not accepted"));
    for (const std::string bad :
         {"{", "7", R"({"id":1,"method":"ping"})", R"({"jsonrpc":"2.0","id":{},"method":"ping"})",
          R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", R"({"jsonrpc":"2.0","id":1})",
          "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}"})
        EXPECT_EQ(session.send(bad).status, 400) << bad;
    EXPECT_EQ(session.send(std::string(90'000, '[')).status, 400);
    EXPECT_EQ(session.send("{}", {{"Content-Type", "text/plain"}}).status, 415);
    EXPECT_EQ(session.send("{}", {{"Accept", "text/html"}}).status, 406);
    EXPECT_EQ(error_code(session.ask("tools/dance")), -32601);
    EXPECT_NE(find(session.ask("ping"), "result"), nullptr);
}

TEST_F(Mcp, OnlyThisMachinesNamesComeIn) {
    const McpSession session(*http_);
    const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
    for (const auto& [header, value] : Headers{{"Host", "evil.example.com"},
                                               {"Origin", "http://evil.example.com"},
                                               {"Origin", "null"}}) {
        const auto answer = session.send(ping, {{header, value}});
        EXPECT_EQ(answer.status, 403) << header << " " << value;
        EXPECT_THAT(answer.body, HasSubstr("configuration of the extension mcp_http"));
    }
    EXPECT_EQ(session.send(ping, {{"Origin", host_->url()}}).status, 200);
    EXPECT_EQ(session.send(ping, {{"Origin", "http://localhost:6274"}}).status, 200);
    EXPECT_EQ(HttpClient(host_->url()).post(kMcp, ping).status, 401);
    EXPECT_EQ(agent("no-routes", R"(["tasks:read"])").client->post(kMcp, ping).status, 403);
}

TEST_F(Mcp, ASessionIsOneAgentsAndEnds) {
    const McpSession session(*http_, "2025-06-18");
    EXPECT_THAT(session.id(), ::testing::MatchesRegex("[!-~]+"));
    const std::string ping = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
    EXPECT_EQ(session.send(ping, {{"MCP-Protocol-Version", "2024-11-05"}}).status, 400);
    EXPECT_EQ(http_->request("POST", kMcp, ping, {{"Content-Type", "application/json"}}).status,
              400);
    const auto other = agent("other", R"(["ext:mcp_http:routes"])").client;
    EXPECT_EQ(other->request("POST", kMcp, ping, session.headers()).status, 404);
    EXPECT_EQ(other->request("DELETE", kMcp, "", session.headers()).status, 404);
    EXPECT_EQ(session.send(ping).status, 200);
    EXPECT_EQ(http_->request("DELETE", kMcp, "", session.headers()).status, 204);
    EXPECT_EQ(session.send(ping).status, 404);
}

TEST_F(Mcp, WhatIsWrongIsSaidWithARightExample) {
    const McpSession session(*http_);
    const auto refusal = [&](const std::string& tool, const std::string& arguments) {
        const Json result = session.call(tool, arguments);
        EXPECT_TRUE(result["isError"].GetBool()) << to_json(result);
        EXPECT_EQ(find(result, "structuredContent"), nullptr);
        return text_of_result(result);
    };
    EXPECT_THAT(refusal("create_task", R"({"title":"x","schedule_kind":"daily","priority":12})"),
                AllOf(HasSubstr("schedule_kind: must be one of \"cron\""),
                      HasSubstr("priority: must be a whole number from 1 to 9; 12 was given"),
                      HasSubstr("payload: is required"), HasSubstr("\"uses\":\"std.echo\"")));
    EXPECT_THAT(refusal("get_run", R"({"run":"1"})"), HasSubstr("did you mean 'run_id'?"));
    EXPECT_THAT(refusal("get_run", R"({"run_id":"7"})"), HasSubstr("must be an id"));
    EXPECT_THAT(refusal("get_run", R"({"run_id":")" + std::string(kNobody) + "\"}"),
                HasSubstr("list_runs"));
    EXPECT_THAT(refusal("list_tasks", R"({"cursor":"7"})"),
                HasSubstr("cursor: must be next_cursor"));
    EXPECT_THAT(
        refusal(
            "create_task",
            R"({"title":"x","schedule_kind":"cron","schedule_expr":"* * * * *","timezone":"UTC",)"
            R"("payload":{"pipeline":[{"id":"a","use":"std.echo"}]}})"),
        HasSubstr("payload.pipeline.0"));
    const Json unknown = session.ask("tools/call", R"({"name":"make_coffee"})");
    EXPECT_EQ(error_code(unknown), -32602);
    EXPECT_THAT(error_text(unknown), HasSubstr("tools/list"));
}

TEST_F(Mcp, TheCallersScopesDecide) {
    const auto reader = agent("reader", R"(["ext:mcp_http:routes","tasks:read"])").client;
    const McpSession session(*reader);
    EXPECT_FALSE(session.call("list_tasks")["isError"].GetBool());
    EXPECT_EQ(session.call("list_tasks")["structuredContent"]["tasks"].Size(), 0u);
    const Json refused = session.call("cancel_task", R"({"task_id":")" + echo_task() + "\"}");
    EXPECT_TRUE(refused["isError"].GetBool());
    EXPECT_THAT(text_of_result(refused), HasSubstr("tasks:write"));
}

TEST_F(Mcp, ToolsOfExtensionsAreOfferedToThoseWhoMayCallThem) {
    const McpSession session(*http_);
    EXPECT_THAT(to_json(session.ask("tools/list")), HasSubstr("\"name\":\"greeter_greet\""));
    const Json greeted = session.call("greeter_greet", R"({"name":"you"})");
    EXPECT_STREQ(greeted["structuredContent"]["text"].GetString(), "Hello you");
    const Json wrong = session.call("greeter_greet", R"({"who":"you"})");
    EXPECT_TRUE(wrong["isError"].GetBool());
    EXPECT_THAT(text_of_result(wrong), HasSubstr("name"));
    const auto with =
        agent("with-greeter", R"(["ext:mcp_http:routes","ext:greeter:tools"])").client;
    EXPECT_FALSE(McpSession(*with).call("greeter_greet", R"({"name":"me"})")["isError"].GetBool());
    const auto without = agent("without-greeter", R"(["ext:mcp_http:routes"])").client;
    const McpSession stranger(*without);
    EXPECT_THAT(to_json(stranger.ask("tools/list")), Not(HasSubstr("greeter_greet")));
    EXPECT_EQ(error_code(stranger.ask("tools/call", R"({"name":"greeter_greet"})")), -32602);
}

TEST_F(Mcp, TheStatelessEraIsStrict) {
    EXPECT_EQ(ask_stateless(*http_, "server/discover", "").status, 200);
    const auto refused = [&](const Headers& headers, int64_t code) {
        const auto answer = ask_stateless(*http_, "tools/list", "", headers);
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_EQ(error_code(message_of(answer)), code) << answer.body;
    };
    refused({{"Mcp-Method", "tools/call"}}, -32020);
    refused({{"Mcp-Method", ""}}, -32020);
    refused({{"MCP-Protocol-Version", "2025-11-25"}}, -32020);
    refused({{"Mcp-Name", "x"}}, -32020);
    refused({{"Mcp-Method", "=?base64?dG9vbHMvbGlzdA?="}}, -32020);
    EXPECT_EQ(
        ask_stateless(*http_, "tools/list", "", {{"Mcp-Method", "=?base64?dG9vbHMvbGlzdA==?="}})
            .status,
        200);
    const std::string call = R"("name":"list_tasks","arguments":{})";
    EXPECT_EQ(error_code(message_of(ask_stateless(*http_, "tools/call", call))), -32020);
    const Json done =
        message_of(ask_stateless(*http_, "tools/call", call, {{"Mcp-Name", "list_tasks"}}));
    EXPECT_STREQ(done["result"]["resultType"].GetString(), "complete");
    EXPECT_TRUE(done["result"]["_meta"].HasMember("io.modelcontextprotocol/serverInfo"));
    for (const std::string gone : {"initialize", "ping", "resources/subscribe", "nothing"}) {
        const auto answer = ask_stateless(*http_, gone, "");
        EXPECT_EQ(answer.status, 404) << gone;
        EXPECT_EQ(error_code(message_of(answer)), -32601) << gone;
    }
    EXPECT_EQ(http_->request("GET", kMcp, "", {{"MCP-Protocol-Version", "2026-07-28"}}).status,
              405);
}

TEST_F(Mcp, TheStatelessEraSaysWhatIsMissing) {
    const Headers types{{"Content-Type", "application/json"},
                        {"Accept", "application/json, text/event-stream"},
                        {"MCP-Protocol-Version", "2026-07-28"}};
    const auto post = [&](const std::string& method, const std::string& body, Headers headers) {
        headers["Mcp-Method"] = method;
        return http_->request("POST", kMcp, body, headers);
    };
    EXPECT_EQ(post("notifications/cancelled",
                   R"({"jsonrpc":"2.0","method":"notifications/cancelled"})", types)
                  .status,
              202);
    for (
        const std::string meta :
        {"{}", R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28"})",
         R"({"io.modelcontextprotocol/clientCapabilities":{}})",
         R"({"io.modelcontextprotocol/protocolVersion":7,"io.modelcontextprotocol/clientCapabilities":{}})"}) {
        const auto answer = post(
            "tools/list",
            R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":)" + meta + "}}",
            types);
        EXPECT_EQ(answer.status, 400) << meta;
        EXPECT_EQ(error_code(message_of(answer)), -32602) << answer.body;
        EXPECT_THAT(error_text(message_of(answer)), HasSubstr(R"("2026-07-28")"));
    }
    Headers future = types;
    future["MCP-Protocol-Version"] = "2099-01-01";
    const auto unsupported = post(
        "server/discover",
        R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2099-01-01","io.modelcontextprotocol/clientCapabilities":{}}}})",
        future);
    EXPECT_EQ(unsupported.status, 400);
    EXPECT_EQ(error_code(message_of(unsupported)), -32022);
    EXPECT_THAT(unsupported.body,
                HasSubstr(R"("data":{"supported":["2026-07-28"],"requested":"2099-01-01"})"));
    EXPECT_EQ(error_code(message_of(ask_stateless(*http_, "tools/list", R"("cursor":"7")"))),
              -32602);
    EXPECT_EQ(http_->request("DELETE", kMcp, "", types).status, 405);
}

TEST_F(Mcp, ArgumentsThatHeadersRepeatAreEqualToThem) {
    const std::string both = R"({"where":"Chișinău","times":3})";
    const Headers right{{"Mcp-Name", "teller_work"},
                        {"Mcp-Param-Where", "=?base64?Q2hpyJlpbsSDdQ==?="},
                        {"Mcp-Param-Times", "3"}};
    const auto ask = [&](const std::string& arguments, Headers headers) {
        return ask_stateless(*http_, "tools/call",
                             R"("name":"teller_work","arguments":)" + arguments, headers);
    };
    const auto done = ask(both, right);
    EXPECT_EQ(done.status, 200) << done.body;
    EXPECT_NE(find(message_of(done), "result"), nullptr) << done.body;
    EXPECT_EQ(ask("{}", {{"Mcp-Name", "teller_work"}}).status, 200);
    EXPECT_EQ(ask(R"({"where":null})", {{"Mcp-Name", "teller_work"}}).status, 200);
    const auto refused = [&](const std::string& arguments, const std::string& header,
                             const std::string& value, const std::string& why) {
        Headers headers = right;
        headers[header] = value;
        const auto answer = ask(arguments, headers);
        EXPECT_EQ(answer.status, 400) << answer.body;
        EXPECT_EQ(error_code(message_of(answer)), -32020) << answer.body;
        EXPECT_THAT(error_text(message_of(answer)), AllOf(HasSubstr(header), HasSubstr(why)));
    };
    refused(both, "Mcp-Param-Times", "4", "differs");
    refused(both, "Mcp-Param-Times", "", "is required");
    refused(both, "Mcp-Param-Where", "Balti", "differs");
    refused(both, "Mcp-Param-Where", "=?base64?Q2hpyJlpbsSDdQ?=", "Base64");
    refused(both, "Mcp-Param-Quietly", "true", "has no such argument");
    refused(R"({"where":"Chișinău"})", "Mcp-Param-Times", "3", "has no such argument");
    refused(R"({"where":"Chișinău","times":3,"quietly":false})", "Mcp-Param-Quietly", "true",
            "differs");
    // The older era knows no such headers.
    EXPECT_FALSE(McpSession(*http_).call("teller_work", both)["isError"].GetBool());
}

TEST_F(Mcp, ResourcesPromptsAndCompletions) {
    const McpSession session(*http_);
    const std::string task = echo_task();
    const std::string run = run_now(*http_, task);
    wait_for_run(*http_, run);
    const Json listed = session.ask("resources/list");
    EXPECT_THAT(to_json(listed),
                AllOf(HasSubstr("ordinaut://tasks/" + task), HasSubstr("ordinaut://runs/" + run)));
    const Json read = session.ask("resources/read", R"({"uri":"ordinaut://runs/)" + run + "\"}");
    EXPECT_THAT(read["result"]["contents"][0]["text"].GetString(),
                HasSubstr("\"status\":\"succeeded\""));
    EXPECT_EQ(error_code(session.ask("resources/read", R"({"uri":"ordinaut://runs/1"})")), -32002);
    EXPECT_EQ(error_code(message_of(ask_stateless(*http_, "resources/read", R"("uri":"test://x")",
                                                  {{"Mcp-Name", "test://x"}}))),
              -32602);
    EXPECT_THAT(to_json(session.ask("resources/templates/list")),
                HasSubstr("ordinaut://tasks/{task_id}"));
    EXPECT_THAT(to_json(session.ask("prompts/list")), HasSubstr("diagnose_failing_task"));
    EXPECT_THAT(to_json(session.ask(
                    "prompts/get",
                    R"({"name":"diagnose_failing_task","arguments":{"task_id":")" + task + "\"}}")),
                AllOf(HasSubstr("get_run"), HasSubstr("ordinaut://runs/" + run)));
    EXPECT_EQ(error_code(session.ask("prompts/get", R"({"name":"diagnose_failing_task"})")),
              -32602);
    const Json zones = session.ask(
        "completion/complete",
        R"({"ref":{"type":"ref/prompt","name":"schedule_task"},"argument":{"name":"timezone","value":"chis"}})");
    EXPECT_THAT(to_json(zones), HasSubstr("Europe/Chisinau"));
    const Json ids = session.ask(
        "completion/complete", R"({"ref":{"type":"ref/resource","uri":"ordinaut://runs/{run_id}"},)"
                               R"("argument":{"name":"run_id","value":""}})");
    EXPECT_EQ(ids["result"]["completion"]["values"][0].GetString(), run);
}

TEST_F(Mcp, ChangesAreToldToThoseWhoAskedOnly) {
    const McpSession session(*http_);
    const std::string task = echo_task();
    const std::string other = echo_task();
    const std::string uri = "ordinaut://tasks/" + task;
    ASSERT_NE(find(session.ask("resources/subscribe", R"({"uri":")" + uri + "\"}"), "result"),
              nullptr);
    const std::string head =
        " /ext/mcp_http/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
        host_->token() + "\r\nAccept: application/json, text/event-stream\r\n";
    RawSocket standing(port());
    ASSERT_TRUE(standing.send("GET" + head + "Mcp-Session-Id: " + session.id() + "\r\n\r\n"));
    standing.read_until("text/event-stream");
    const std::string listen =
        R"({"jsonrpc":"2.0","id":"s1","method":"subscriptions/listen","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},"notifications":{"promptsListChanged":true,"resourceSubscriptions":[")" +
        uri + R"("]}}})";
    RawSocket stream(port());
    ASSERT_TRUE(stream.send("POST" + head +
                            "Content-Type: application/json\r\nMCP-Protocol-Version: "
                            "2026-07-28\r\nMcp-Method: subscriptions/listen\r\nContent-Length: " +
                            std::to_string(listen.size()) + "\r\n\r\n" + listen));
    const std::string first = stream.read_until("\"s1\"");
    EXPECT_THAT(first, AllOf(HasSubstr("notifications/subscriptions/acknowledged"), HasSubstr(uri),
                             Not(HasSubstr("promptsListChanged"))));
    // Followed from its first look on: changed until it is told.
    std::string told;
    for (int n = 0; n < 30 && told.find("resources/updated") == std::string::npos; ++n) {
        for (const auto& id : {other, task})
            ASSERT_EQ(
                http_->put("/tasks/" + id, R"({"priority":)" + std::to_string(n % 9 + 1) + "}")
                    .status,
                200);
        told += stream.read_until("resources/updated", 1s);
    }
    EXPECT_THAT(told, HasSubstr("resources/updated"));
    EXPECT_THAT(told + stream.read_until("\n\n"),
                AllOf(HasSubstr(uri), HasSubstr("subscriptionId\":\"s1\""), Not(HasSubstr(other))));
    EXPECT_THAT(standing.read_until(uri, 30s), HasSubstr("notifications/resources/updated"));
}

// The server tells of changes those who may see runs; of others, the extension looks for itself.
TEST_F(Mcp, ChangesReachThoseWhoMaySeeTasksAlone) {
    const auto reader =
        agent("tasks-only", R"(["ext:mcp_http:routes","tasks:read","tasks:write"])");
    const std::string task = create_task(*reader.client, task_json("std.echo", R"({"text":"hi"})"));
    const std::string uri = "ordinaut://tasks/" + task;
    const McpSession session(*reader.client);
    ASSERT_NE(find(session.ask("resources/subscribe", R"({"uri":")" + uri + "\"}"), "result"),
              nullptr);
    RawSocket standing(port());
    ASSERT_TRUE(
        standing.send("GET /ext/mcp_http/mcp HTTP/1.1\r\nHost: localhost\r\n"
                      "Accept: text/event-stream\r\nAuthorization: Bearer " +
                      reader.token + "\r\nMcp-Session-Id: " + session.id() + "\r\n\r\n"));
    standing.read_until("text/event-stream");
    // What it was like before the first look is nobody's to know: it changes until it is told.
    std::string told;
    for (int n = 0; n < 60 && told.find("resources/updated") == std::string::npos; ++n) {
        ASSERT_EQ(reader.client
                      ->put("/tasks/" + task, R"({"priority":)" + std::to_string(n % 9 + 1) + "}")
                      .status,
                  200);
        told += standing.read_until("resources/updated", 1s);
    }
    EXPECT_THAT(told + standing.read_until("\n\n"), HasSubstr(uri));
}

TEST_F(Mcp, TheLightEndpoints) {
    const auto get = [&](const std::string& path) { return http_->get("/ext/mcp_http/" + path); };
    EXPECT_THAT(get("meta").body, HasSubstr(R"("capabilities":["handshake")"));
    EXPECT_THAT(http_->post("/ext/mcp_http/handshake", R"({"name":"me"})").body,
                AllOf(HasSubstr(R"("client":{"name":"me"})"),
                      HasSubstr(R"("invoke":"/ext/mcp_http/tools/{name}")")));
    EXPECT_THAT(get("tools").body, HasSubstr(R"({"name":"std.echo","description":)"));
    EXPECT_THAT(get("tools/std.sleep/schema").body,
                HasSubstr(R"("input_schema":{"type":"object")"));
    EXPECT_EQ(get("tools/none.such").status, 404);
    EXPECT_EQ(http_->post("/ext/mcp_http/tools/std.echo", R"({"a":1})").body,
              R"({"ok":true,"tool":"std.echo","result":{"a":1}})");
    EXPECT_THAT(http_->post("/ext/mcp_http/tools/std.sleep", "{}").body,
                AllOf(HasSubstr(R"("ok":false)"), HasSubstr("/seconds")));
    EXPECT_THAT(get("schema").body, HasSubstr("mcp-http-lite"));
    RawSocket stream(port());
    ASSERT_TRUE(
        stream.send("GET /ext/mcp_http/stream HTTP/1.1\r\nHost: localhost\r\n"
                    "Authorization: Bearer " +
                    host_->token() + "\r\n\r\n"));
    EXPECT_THAT(stream.read_until("\"tick\":1"), HasSubstr("event: heartbeat"));
}

// The official suite knows no tokens.
TEST(McpConformance, ScenariosThatNeedNoFixturePass) {
    Host host({"--auth", "off", "--ext-paths", TELLER_DIR "/teller"});
    const std::string suite =
        NODE_DIR "/node_modules/@modelcontextprotocol/conformance/dist/index.js";
    const std::map<std::string, std::vector<std::string>> scenarios = {
        {"2025-11-25",
         {"server-initialize", "server-session-lifecycle", "logging-set-level", "ping",
          "tools-list", "server-sse-multiple-streams", "resources-list", "prompts-list",
          "dns-rebinding-protection"}},
        {"2026-07-28",
         {"tools-list", "server-sse-multiple-streams", "resources-list",
          "sep-2164-resource-not-found", "prompts-list", "dns-rebinding-protection", "caching",
          "http-header-validation", "http-custom-header-server-validation"}}};
    // One process each, most of it node's start: some at a time.
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& [version, names] : scenarios)
        for (const auto& name : names) all.emplace_back(version, name);
    std::atomic<size_t> next = 0;
    const auto work = [&] {
        for (size_t n = next++; n < all.size(); n = next++) {
            const auto& [version, name] = all[n];
            const Outcome outcome =
                run_process({.argv = {kNode, suite, "server", "--url", host.url() + kMcp,
                                      "--scenario", name, "--spec-version", version}});
            EXPECT_EQ(outcome.exit_code, 0) << version << " " << name << "\n"
                                            << outcome.out << outcome.err;
        }
    };
    std::vector<std::future<void>> workers;
    for (int n = 0; n < 4; ++n) workers.push_back(std::async(std::launch::async, work));
    for (auto& worker : workers) worker.get();
    EXPECT_EQ(host.stop(), 0);
}

}  // namespace
}  // namespace ordinaut::testing
