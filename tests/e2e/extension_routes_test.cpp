// Goal: extensions answer below /ext/ of the program a person runs, for whom they may, and the rest
// of the server goes on. Method: `ordinaut up` with required scopes, the built-in extensions and
// one that was dropped in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/e2e/host.h"
#include "tests/support/raw_socket.h"

namespace ordinaut::testing {
namespace {

using ::testing::HasSubstr;

class ExtensionRoutes : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        host_ = new Host({"--require-scopes", "on", "--ext-paths", WEB_DIR "/web"});
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    // A client that logged in as an agent with these scopes.
    std::unique_ptr<HttpClient> agent(const std::string& name, const std::string& scopes) {
        return log_in_new_agent(*http_, host_->url(), name, scopes).client;
    }

    static Host* host_;
    std::unique_ptr<HttpClient> http_ = host_->client();
};
Host* ExtensionRoutes::host_ = nullptr;

TEST_F(ExtensionRoutes, BuiltInOnesAnswerAndAreListed) {
    const auto listed = http_->get("/extensions");
    for (const std::string id : {"observability", "webui", "mcp_http", "events_demo"}) {
        const auto answer =
            http_->request("GET", "/ext/" + id + "/status", "", {{"X-Request-ID", "asked-1"}});
        EXPECT_EQ(string_or(body_of(answer, 200), "id", ""), id);
        EXPECT_EQ(answer.headers.at("x-request-id"), "asked-1");
        EXPECT_THAT(listed.body, HasSubstr("\"id\":\"" + id + "\""));
    }
    EXPECT_THAT(listed.body, HasSubstr(R"("routes":["GET /status"])"));
    EXPECT_EQ(http_->get("/ext/nobody/status").status, 404);
    EXPECT_EQ(http_->get("/ext/std/status").status, 404);
}

TEST_F(ExtensionRoutes, TheCallersScopesDecide) {
    const auto without = agent("without", R"(["tasks:read"])");
    const auto with = agent("with", R"(["ext:web:routes"])");
    const auto refused = without->get("/ext/web/hello");
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr(R"("missing_scope":"ext:web:routes")"));
    EXPECT_EQ(with->get("/ext/web/hello").body, R"({"message":"Hello from my extension!"})");
    EXPECT_EQ(HttpClient(host_->url()).get("/ext/web/hello").status, 401);
    EXPECT_EQ(HttpClient(host_->url()).get("/ext/web/open").body, "nobody");
    // What an extension asks of the core, it asks as its caller.
    EXPECT_THAT(http_->get("/ext/web/mine").body, HasSubstr(R"("items":)"));
    const auto mine = with->get("/ext/web/mine");
    EXPECT_EQ(mine.status, 403);
    EXPECT_THAT(mine.body, HasSubstr("tasks:read"));
}

TEST_F(ExtensionRoutes, ADisabledOneSaysSo) {
    EXPECT_EQ(http_->get("/ext/web/hello").status, 200);
    ASSERT_EQ(http_->post("/extensions/web/disable", "{}").status, 200);
    const auto gone = http_->get("/ext/web/hello");
    EXPECT_EQ(gone.status, 404);
    EXPECT_THAT(gone.body, HasSubstr("extension 'web' is disabled"));
    ASSERT_EQ(http_->post("/extensions/web/enable", "{}").status, 200);
    std::vector<std::future<int>> first;
    for (int n = 0; n < 20; ++n)
        first.push_back(std::async(std::launch::async,
                                   [] { return host_->client()->get("/ext/web/hello").status; }));
    for (auto& status : first) EXPECT_EQ(status.get(), 200);
}

TEST_F(ExtensionRoutes, AStreamDoesNotHoldUpTheStop) {
    Host host({"--ext-paths", WEB_DIR "/web"});
    RawSocket socket(
        static_cast<uint16_t>(std::stoi(host.url().substr(host.url().rfind(':') + 1))));
    ASSERT_TRUE(
        socket.send("GET /ext/web/endless HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " +
                    host.token() + "\r\n\r\n"));
    EXPECT_THAT(socket.read_until("event: open"), HasSubstr("event: open"));
    EXPECT_EQ(host.stop(), 0);
    socket.read_to_end();
    EXPECT_TRUE(socket.closed());
}

}  // namespace
}  // namespace ordinaut::testing
