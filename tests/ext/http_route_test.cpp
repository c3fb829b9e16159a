// Goal: an extension answers HTTP through ord.http as its contract says. Method: real libraries, a
// real server, real sockets.
#include <gmock/gmock.h>

#include <future>

#include "tests/ext/web_host.h"

namespace ordinaut {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::IsEmpty;
using ::testing::Not;

class HttpRouteTest : public ::testing::Test {
protected:
    HttpRouteTest() : web_(drop_in({WEB_DIR "/web"})), http_(web_.client()) {}
    HttpAnswer get(const std::string& path) { return http_->get("/ext/web" + path); }

    WebHost web_;
    std::unique_ptr<testing::HttpClient> http_;
};

TEST_F(HttpRouteTest, TheGreeterAnswers) {
    EXPECT_EQ(web_.info("web").state, ext::State::kDiscovered);
    const auto answer = get("/hello");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"message":"Hello from my extension!"})");
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    EXPECT_EQ(answer.headers.at("x-request-id"), "request-1");
    EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
    EXPECT_EQ(web_.info("web").state, ext::State::kRunning);
    EXPECT_THAT(web_.info("web").warnings, IsEmpty());
    EXPECT_THAT(web_.info("web").routes, Contains("GET /hello"));
}

TEST_F(HttpRouteTest, ParametersAndQueriesAreDecoded) {
    EXPECT_EQ(get("/items/a%20b%C4%83?q=1%262&q=x").body,
              "{\"id\":\"a bă\",\"q\":\"1&2\",\"all\":2}");
    EXPECT_EQ(get("/items/5").body, R"({"id":"5","q":"none","all":0})");
    EXPECT_EQ(get("/items/first").body, "literal");
    EXPECT_EQ(get("/files/a/b%20c").body, "a/b c|/files/a/b c");
    EXPECT_EQ(get("/files/a/").body, "a/|/files/a/");
    EXPECT_EQ(get("/files").body, "|/files");
    EXPECT_EQ(get("/hello/").status, 200);
}

TEST_F(HttpRouteTest, EveryMethodArrives) {
    EXPECT_EQ(http_->post("/ext/web/items", R"({"n":1})").status, 201);
    EXPECT_EQ(http_->put("/ext/web/items/3", "body").body, "put 3 body");
    EXPECT_EQ(http_->request("PATCH", "/ext/web/items/3", "x").body, "patch 3");
    const auto deleted = http_->del("/ext/web/items/3");
    EXPECT_EQ(deleted.status, 204);
    EXPECT_EQ(deleted.body, "");
    EXPECT_EQ(http_->request("BREW", "/ext/web/any/tea").body, "BREW tea");
    EXPECT_EQ(http_->request("OPTIONS", "/ext/web/any/tea").body, "OPTIONS tea");
}

TEST_F(HttpRouteTest, HeadAndOptionsAndWrongMethods) {
    const auto head = http_->request("HEAD", "/ext/web/hello");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.headers.at("content-length"), "38");
    const auto options = http_->request("OPTIONS", "/ext/web/items/1");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.headers.at("allow"), "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    const auto wrong = http_->post("/ext/web/hello", "{}");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(member(wrong.body, "error"), "method_not_allowed");
    EXPECT_EQ(member(wrong.body, "request_id"), "request-1");
}

TEST_F(HttpRouteTest, WhatIsNotThereIs404InTheOneShape) {
    const auto nowhere = get("/nowhere.txt");
    EXPECT_EQ(nowhere.status, 404);
    EXPECT_EQ(member(nowhere.body, "error"), "not_found");
    EXPECT_EQ(member(nowhere.body, "message"), "extension 'web' has nothing at this path");
    EXPECT_THAT(http_->get("/ext/nobody/x").body, HasSubstr("there is no extension 'nobody'"));
    EXPECT_EQ(http_->get("/ext").status, 404);
}

TEST_F(HttpRouteTest, BodiesAreChecked) {
    const auto broken = http_->post("/ext/web/items", "{");
    EXPECT_EQ(broken.status, 400);
    EXPECT_THAT(member(broken.body, "message"), HasSubstr("the body must be JSON"));
    EXPECT_EQ(http_->post("/ext/web/small", "1234567890").status, 200);
    const auto large = http_->post("/ext/web/small", "12345678901");
    EXPECT_EQ(large.status, 413);
    EXPECT_THAT(large.body, HasSubstr("larger than the 10 bytes POST /small takes"));
}

TEST_F(HttpRouteTest, TheCallerIsKnownAndItsTokenIsNot) {
    EXPECT_EQ(get("/who").body,
              R"({"principal":"00000000-0000-7000-8000-000000000001","scopes":"[\"admin\"]"})");
    const auto seen =
        http_->request("GET", "/ext/web/headers", "",
                       {{"X-Test", "Ä"}, {"Cookie", "a=b"}, {"X-Request-ID", "mine"}});
    EXPECT_EQ(
        seen.body,
        "{\"x-test\":\"Ä\",\"authorization\":\"\",\"cookie\":\"\",\"x-request-id\":\"request-1\"}");
}

TEST_F(HttpRouteTest, AnswersAreCounted) {
    for (const char* path : {"/hello", "/items/1", "/events", "/nowhere", "/throw"}) get(path);
    web_.client("")->get("/ext/web/hello");
    EXPECT_EQ(web_.answers("web", 200), 3u);
    EXPECT_EQ(web_.answers("web", 404), 1u);
    EXPECT_EQ(web_.answers("web", 500), 1u);
    EXPECT_EQ(web_.answers("web", 401), 1u);
    EXPECT_EQ(web_.metrics
                  .histogram("ord_plugin_http_request_duration_seconds", "", {{"plugin_id", "web"}})
                  .read()
                  .count,
              6u);
}

TEST_F(HttpRouteTest, ScopesAndPublicRoutes) {
    EXPECT_EQ(web_.client("ext:web:routes")->get("/ext/web/hello").status, 200);
    const auto denied = web_.client("tasks:read")->get("/ext/web/hello");
    EXPECT_EQ(denied.status, 403);
    EXPECT_THAT(denied.body, HasSubstr(R"("missing_scope":"ext:web:routes")"));
    EXPECT_EQ(web_.client("")->get("/ext/web/hello").status, 401);
    EXPECT_EQ(web_.client("")->get("/ext/web/nowhere").status, 401);
    EXPECT_EQ(web_.info("web").state, ext::State::kRunning);
    EXPECT_EQ(web_.client("")->get("/ext/web/open").body, "nobody");
    EXPECT_EQ(web_.client("tasks:read")->get("/ext/web/open").body, "somebody");
    EXPECT_EQ(web_.client("")->request("POST", "/ext/web/open").status, 405);
}

TEST_F(HttpRouteTest, StrangersDoNotLoadIt) {
    EXPECT_EQ(web_.client("")->get("/ext/web/hello").status, 401);
    EXPECT_EQ(web_.client("tasks:read")->get("/ext/web/who").status, 403);
    EXPECT_EQ(web_.info("web").state, ext::State::kDiscovered);
}

TEST_F(HttpRouteTest, FailuresHaveTheOneShape) {
    const auto thrown = get("/throw");
    EXPECT_EQ(thrown.status, 500);
    EXPECT_EQ(member(thrown.body, "error"), "internal_error");
    EXPECT_THAT(thrown.body, Not(HasSubstr("a secret reason")));
    for (const char* path : {"/throw_int", "/forget", "/drop", "/injected"})
        EXPECT_EQ(get(path).status, 500) << path;
    const auto teapot = get("/error");
    EXPECT_EQ(teapot.status, 418);
    EXPECT_EQ(member(teapot.body, "message"), "a teapot");
    EXPECT_THAT(teapot.body, HasSubstr(R"("details":[{"pointer":"/pot","message":"is small"}])"));
    EXPECT_EQ(get("/invalid").status, 422);
    EXPECT_EQ(get("/hello").status, 200);
    EXPECT_THAT(web_.info("web").warnings, Contains(HasSubstr("the header 'X-Bad'")));
}

TEST_F(HttpRouteTest, AnswersOfOtherForms) {
    EXPECT_EQ(get("/later").body, R"({"from":"a thread"})");
    EXPECT_EQ(get("/redirect").status, 307);
    EXPECT_EQ(get("/html").headers.at("content-type"), "text/html; charset=utf-8");
    const auto events = get("/events");
    EXPECT_EQ(events.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(events.body,
              "id: 1\nevent: first\ndata: one\ndata: two\n\n: still here\n\ndata: last\n\n");
    EXPECT_EQ(http_->request("HEAD", "/ext/web/events").body, "");
}

TEST_F(HttpRouteTest, ADroppedStreamIsCut) {
    testing::RawSocket socket(web_.port());
    ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/web/cut")));
    const std::string all = socket.read_to_end();
    EXPECT_THAT(all, HasSubstr("half of it"));
    EXPECT_THAT(all, Not(HasSubstr("\r\n0\r\n\r\n")));
    EXPECT_TRUE(socket.closed());
}

TEST_F(HttpRouteTest, ASlowClientHoldsTheStreamBack) {
    testing::RawSocket socket(web_.port());
    ASSERT_TRUE(socket.send(
        WebHost::wire("GET", "/ext/web/flood?bytes=50000000", "Connection: close\r\n")));
    socket.read_until("\r\n\r\n");
    // The flood waits for this client now; others are served.
    EXPECT_EQ(get("/hello").status, 200);
    const std::string all = socket.read_to_end(std::chrono::seconds(60));
    EXPECT_GT(all.size(), 50'000'000u);
    EXPECT_THAT(all.substr(all.size() - 40), HasSubstr("fulls="));
    EXPECT_THAT(all.substr(all.size() - 40), Not(HasSubstr("fulls=0")));
}

TEST_F(HttpRouteTest, AThreadOfItsOwnMayWait) {
    EXPECT_EQ(get("/waiting").body.size(), size_t{16} * (256 << 10));
}

TEST_F(HttpRouteTest, ManyFirstRequestsLoadItOnceAndNoneIsLost) {
    std::vector<std::future<int>> answers;
    for (int n = 0; n < 50; ++n)
        answers.push_back(std::async(
            std::launch::async, [this] { return web_.client()->get("/ext/web/hello").status; }));
    for (auto& answer : answers) EXPECT_EQ(answer.get(), 200);
    EXPECT_THAT(web_.info("web").warnings, IsEmpty());
}

TEST_F(HttpRouteTest, AtMostMaxConcurrencyAreInside) {
    std::vector<std::future<std::string>> answers;
    for (int n = 0; n < 12; ++n)
        answers.push_back(std::async(std::launch::async,
                                     [this] { return web_.client()->get("/ext/web/pair").body; }));
    for (auto& answer : answers) EXPECT_THAT(answer.get(), ::testing::AnyOf("1", "2"));
}

TEST_F(HttpRouteTest, AClientThatGoesCancels) {
    auto canceled = std::async(
        std::launch::async, [this] { return web_.client()->get("/ext/web/until_canceled").body; });
    {
        testing::RawSocket socket(web_.port());
        ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/web/hang")));
        EXPECT_EQ(get("/until_hanging").body, "it happened");
    }
    EXPECT_EQ(canceled.get(), "it happened");
    auto gone = std::async(std::launch::async,
                           [this] { return web_.client()->get("/ext/web/until_gone").body; });
    {
        testing::RawSocket socket(web_.port());
        ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/web/endless")));
        EXPECT_THAT(socket.read_until("event: open"), HasSubstr("event: open"));
    }
    EXPECT_EQ(gone.get(), "it happened");
}

TEST_F(HttpRouteTest, AReloadLosesNoRequest) {
    EXPECT_EQ(get("/hello").status, 200);
    std::atomic<bool> enough{false};
    std::atomic<int> answered{0}, failed{0};
    std::vector<std::thread> clients;
    for (int n = 0; n < 3; ++n)
        clients.emplace_back([&] {
            const auto http = web_.client();
            while (!enough) {
                const auto answer = http->get("/ext/web/items/7");
                if (answer.status == 200)
                    ++answered;
                else
                    ++failed;
            }
        });
    for (int n = 0; n < 20; ++n) {
        const int before = answered;
        EXPECT_TRUE(web_.host.reload("web").ok());
        while (answered == before && failed == 0) std::this_thread::yield();
    }
    enough = true;
    for (auto& client : clients) client.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(web_.info("web").generation, 21);
}

TEST_F(HttpRouteTest, WhatIsRevokedIsRefused) {
    EXPECT_EQ(get("/hello").status, 200);
    ext::Standing standing;
    standing.grants = ext::Grants{};
    ASSERT_TRUE(web_.host.apply("web", standing).ok());
    EXPECT_EQ(get("/hello").status, 403);
    standing.grants = ext::Grants{ext::Grant::kRoutes};
    ASSERT_TRUE(web_.host.apply("web", standing).ok());
    EXPECT_EQ(get("/hello").status, 200);
}

TEST_F(HttpRouteTest, AHalfClosedClientIsAnswered) {
    testing::RawSocket socket(web_.port());
    ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/web/hello")));
    socket.finish_sending();
    EXPECT_THAT(socket.read_to_end(), HasSubstr("200 OK"));
}

TEST_F(HttpRouteTest, StreamsEndWithTheExtension) {
    testing::RawSocket socket(web_.port());
    ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/web/endless")));
    EXPECT_THAT(socket.read_until("event: open"), HasSubstr("event: open"));
    EXPECT_EQ(get("/slow").body, "a deadline");
    auto gone = std::async(std::launch::async,
                           [this] { return web_.client()->get("/ext/web/until_gone").body; });
    std::thread stopping([this] { ASSERT_TRUE(web_.host.disable("web").ok()); });
    EXPECT_THAT(socket.read_until("\r\n0\r\n\r\n"), HasSubstr("\r\n0\r\n\r\n"));
    stopping.join();
    gone.wait();
    const auto disabled = get("/hello");
    EXPECT_EQ(disabled.status, 404);
    EXPECT_THAT(disabled.body, HasSubstr("extension 'web' is disabled"));
    ASSERT_TRUE(web_.host.enable("web").ok());
    EXPECT_EQ(get("/hello").status, 200);
}

}  // namespace
}  // namespace ordinaut
