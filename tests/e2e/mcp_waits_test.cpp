// Goal: a call that waits for a run's end survives a broken connection in the era of sessions, and
// ends with it in the stateless one. Method: the real program, and sockets that go away.
#include <gmock/gmock.h>

#include "tests/e2e/mcp_fixture.h"
#include "tests/support/raw_socket.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST_F(Mcp, AWaitGoesOnWhereItsConnectionBrokeOff) {
    const McpSession session(*http_);
    const std::string task = create_task(*http_, task_json("std.sleep", R"({"seconds":600})"));
    const std::string run = run_now(*http_, task);
    const std::string body =
        R"({"jsonrpc":"2.0","id":"w","method":"tools/call","params":{"name":"get_run","arguments":{"run_id":")" +
        run + R"(","wait_seconds":120}}})";
    const std::string head =
        " /ext/mcp_http/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
        host_->token() + "\r\nMcp-Session-Id: " + session.id() +
        "\r\nAccept: application/json, text/event-stream\r\n";
    {
        RawSocket first(port());
        ASSERT_TRUE(first.send("POST" + head +
                               "Content-Type: application/json\r\nContent-Length: " +
                               std::to_string(body.size()) + "\r\n\r\n" + body));
        EXPECT_THAT(first.read_until("id: r1-0"), HasSubstr("id: r1-0"));
        first.reset();
    }
    RawSocket second(port());
    ASSERT_TRUE(second.send("GET" + head + "Last-Event-ID: r1-0\r\n\r\n"));
    EXPECT_THAT(second.read_until("text/event-stream"), HasSubstr("200 OK"));
    EXPECT_FALSE(session.call("cancel_run", R"({"run_id":")" + run + "\"}")["isError"].GetBool());
    EXPECT_THAT(second.read_until("\"status\":\"canceled\"", 30s),
                AllOf(HasSubstr("id: r1-1"), HasSubstr(R"("id":"w")")));
}

TEST_F(Mcp, AStatelessWaitIsAStreamThatLogsForThoseWhoAskedOnly) {
    const std::string run =
        run_now(*http_, create_task(*http_, task_json("std.sleep", R"({"seconds":2})")));
    const std::string call =
        R"("name":"get_run","arguments":{"wait_seconds":60,"run_id":")" + run + "\"}";
    const auto silent = ask_stateless(*http_, "tools/call", call, {{"Mcp-Name", "get_run"}});
    EXPECT_EQ(silent.headers.at("x-accel-buffering"), "no");
    EXPECT_THAT(silent.body, AllOf(HasSubstr("succeeded"), Not(HasSubstr("notifications/"))));
    const std::string again =
        run_now(*http_, create_task(*http_, task_json("std.sleep", R"({"seconds":2})")));
    const std::string body =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"wait_seconds":60,"run_id":")" +
        again +
        R"("},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"info"}}})";
    const auto told = http_->request("POST", kMcp, body,
                                     {{"Content-Type", "application/json"},
                                      {"Accept", "application/json, text/event-stream"},
                                      {"MCP-Protocol-Version", "2026-07-28"},
                                      {"Mcp-Method", "tools/call"},
                                      {"Mcp-Name", "get_run"}});
    EXPECT_THAT(told.body, AllOf(HasSubstr("notifications/message"), HasSubstr("succeeded"),
                                 Not(HasSubstr("notifications/progress"))));
}

// In this era nobody can come back for the answer, so that to leave is to cancel.
TEST_F(Mcp, AStatelessCallEndsWithItsConnection) {
    const auto open_calls = [this] {
        const Json info = body_of(http_->get("/extensions/mcp_http"), 200);
        return info["open_calls"].GetInt();
    };
    const std::string run =
        run_now(*http_, create_task(*http_, task_json("std.sleep", R"({"seconds":600})")));
    // Those of earlier tests end when the server notices that their clients left.
    ASSERT_TRUE(eventually(30s, [&] { return open_calls() == 0; }));
    const std::string body =
        R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":{"wait_seconds":120,"run_id":")" +
        run +
        R"("},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}})";
    {
        RawSocket caller(port());
        ASSERT_TRUE(caller.send(
            "POST /ext/mcp_http/mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
            host_->token() +
            "\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
            "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: get_run\r\n"
            "Content-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body));
        EXPECT_THAT(caller.read_until("text/event-stream"), HasSubstr("200 OK"));
        EXPECT_EQ(open_calls(), 1);
        caller.reset();
    }
    EXPECT_TRUE(eventually(30s, [&] { return open_calls() == 0; }));
}

}  // namespace
}  // namespace ordinaut::testing
