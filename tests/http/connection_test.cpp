// One connection at a time: order, keep-alive, framing errors, timeouts.
#include "base/json.h"
#include "tests/http/server_fixture.h"

namespace ordinaut::http {
namespace {

using namespace std::string_literals;
using ConnectionTest = ServerTest;

TEST_F(ConnectionTest, KeepsAliveAndAnswersInOrder) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    for (int i = 0; i < 3; ++i) {
        client.send(post("/echo", "body " + std::to_string(i)));
        const auto answer = client.read_answer();
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.body, "body " + std::to_string(i));
        EXPECT_EQ(answer.header("date"), "Sun, 01 Mar 2026 08:00:00 GMT");
    }
}

TEST_F(ConnectionTest, PipelinedRequestsAreHandledOneAtATime) {
    std::atomic<int> running{0}, most{0};
    handlers_["/echo"] = [&](Request request, Responder responder) {
        most = std::max(most.load(), ++running);
        std::this_thread::yield();
        --running;
        echo(std::move(request), std::move(responder));
    };
    start();
    RawClient client(server_->port());
    std::string all;
    for (int i = 0; i < 200; ++i) all += get("/echo?" + std::to_string(i));
    client.send(all);
    for (int i = 0; i < 200; ++i) ASSERT_EQ(client.read_answer().body, std::to_string(i));
    EXPECT_EQ(most, 1);
    stop();
}

TEST_F(ConnectionTest, AnswersAHalfClosedClient) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    client.send(get("/echo?1") + get("/echo?2"));
    client.half_close();
    EXPECT_EQ(client.read_answer().body, "1");
    EXPECT_EQ(client.read_answer().body, "2");
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(ConnectionTest, HeadHasTheHeadersOfGetAndNoBody) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    client.send("HEAD /echo?12345 HTTP/1.1\r\nHost: x\r\n\r\n" + get("/echo?next"));
    const auto head = client.read_answer(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.header("content-length"), "5");
    EXPECT_EQ(client.read_answer().body, "next");
}

TEST_F(ConnectionTest, SendsContinueBeforeTheBody) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_answer().status, 100);
    client.send("ok");
    EXPECT_EQ(client.read_answer().body, "ok");
}

TEST_F(ConnectionTest, HonoursCloseAndHttp10) {
    handlers_["/echo"] = echo;
    start();
    RawClient closing(server_->port());
    closing.send(get("/echo?1", "Connection: close\r\n"));
    EXPECT_EQ(closing.read_answer().header("connection"), "close");
    EXPECT_TRUE(closing.closed_by_server());
    RawClient old(server_->port());
    old.send("GET /echo?1 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read_answer().body, "1");
    EXPECT_TRUE(old.closed_by_server());
    RawClient old_keeping(server_->port());
    old_keeping.send("GET /echo?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old_keeping.read_answer().header("connection"), "keep-alive");
    old_keeping.send("GET /echo?2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old_keeping.read_answer().body, "2");
}

// A chunk cut between CR and LF makes Pistache's own parser loop for ever.
TEST_F(ConnectionTest, ReadsAChunkCutBetweenCrAndLf) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r");
    // A second client shows that the server is still alive, and gives the first packet time to be
    // read on its own.
    RawClient other(server_->port());
    other.send(get("/echo?alive"));
    EXPECT_EQ(other.read_answer().body, "alive");
    client.send("\n0\r");
    client.send("\n\r\n");
    EXPECT_EQ(client.read_answer().body, "hello");
}

TEST_F(ConnectionTest, ClosesAfterEveryFramingErrorWithOneShapeOfAnswer) {
    start();
    const std::pair<std::string, int> cases[] = {
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"s, 400},
        {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /" + std::string(16000, '/') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(40000, 'x') + "\r\n\r\n", 431},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
    };
    for (const auto& [bytes, status] : cases) {
        RawClient client(server_->port());
        // The request behind the error must never be answered: it may be somebody's smuggled one.
        client.send(bytes + get("/smuggled"));
        const auto answer = client.read_answer();
        EXPECT_EQ(answer.status, status) << bytes.substr(0, 80);
        EXPECT_EQ(answer.header("connection"), "close");
        const auto body = parse_json(answer.body);
        ASSERT_TRUE(body.ok()) << answer.body;
        for (const char* member : {"error", "message", "details", "request_id", "timestamp"})
            EXPECT_NE(find(*body, member), nullptr) << member;
        client.half_close();
        EXPECT_EQ(client.read_until_closed(), "") << bytes.substr(0, 80);
    }
}

TEST_F(ConnectionTest, ManySlashesAreAPathLikeAnyOther) {
    start();
    RawClient client(server_->port());
    client.send(get(std::string(8000, '/')));
    EXPECT_EQ(client.read_answer().status, 404);
}

TEST_F(ConnectionTest, TooLargeABodyIsReadToItsEndSoThatTheAnswerArrives) {
    handlers_["/smuggled"] = echo;
    start();
    RawClient declared(server_->port());
    const std::string body(8 << 20, 'x');
    EXPECT_TRUE(declared.send(post("/", body) + get("/smuggled")));
    EXPECT_EQ(declared.read_answer().status, 413);
    declared.half_close();
    EXPECT_EQ(declared.read_until_closed(), "");

    RawClient chunked(server_->port());
    chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(chunked.send("10000\r\n" + std::string(65536, 'x') + "\r\n"));
    EXPECT_EQ(chunked.read_answer().status, 413);
}

TEST_F(ConnectionTest, DrainingIsBounded) {
    Limits limits;
    limits.linger_bytes_max = 4 << 20;
    start(limits);
    RawClient endless(server_->port());
    endless.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
    const std::string piece(1 << 20, 'x');
    bool open = true;
    for (int i = 0; i < 200 && open; ++i) open = endless.send(piece);
    EXPECT_FALSE(open) << "200 MiB were accepted";

    RawClient silent(server_->port());
    silent.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n");
    EXPECT_EQ(silent.read_answer().status, 413);
    clock_.advance(std::chrono::seconds(6));
    EXPECT_TRUE(silent.closed_by_server());
}

TEST_F(ConnectionTest, SlowHeadersAndBodiesEndWith408) {
    handlers_["/echo"] = echo;
    start();
    RawClient head(server_->port());
    head.send("GET / HTTP/1.1\r\nHo");
    RawClient body(server_->port());
    body.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(body.read_answer().status, 100);  // So the headers have been read.
    RawClient other(server_->port());
    other.send(get("/echo?1"));
    EXPECT_EQ(other.read_answer().status, 200);
    clock_.advance(std::chrono::seconds(11));
    EXPECT_EQ(head.read_answer().status, 408);
    body.send("h");  // Progress does not buy time.
    clock_.advance(std::chrono::seconds(20));
    EXPECT_EQ(body.read_answer().status, 408);
    EXPECT_TRUE(body.closed_by_server());
    other.send(get("/echo?2"));
    EXPECT_EQ(other.read_answer().body, "2") << "an idle connection lives longer";
}

TEST_F(ConnectionTest, IdleConnectionsLiveTwoMinutesButNotForEver) {
    handlers_["/echo"] = echo;
    start();
    RawClient client(server_->port());
    client.send(get("/echo?1"));
    EXPECT_EQ(client.read_answer().body, "1");
    clock_.advance(std::chrono::seconds(125));
    client.send(get("/echo?2"));
    EXPECT_EQ(client.read_answer().body, "2");
    // The idle time begins a moment after the answer has left, perhaps only after the clock has
    // moved: move it on.
    EXPECT_TRUE(eventually([&] {
        clock_.advance(std::chrono::seconds(151));
        return server_->connections() == 0;
    }));
    EXPECT_TRUE(client.closed_by_server());
}

// Pistache's header timeout fires inside handlers and streams as well.
TEST_F(ConnectionTest, NoTimeoutHitsARunningHandler) {
    Signal entered, leave;
    handlers_["/slow"] = [&](Request, Responder responder) {
        entered.set();
        EXPECT_TRUE(leave.wait());
        responder.respond({.body = "done"});
    };
    start();
    RawClient client(server_->port());
    client.send(get("/slow"));
    ASSERT_TRUE(entered.wait());
    clock_.advance(std::chrono::hours(1));
    RawClient dies(server_->port());  // Its end shows that a tick has seen the new time.
    ASSERT_TRUE(eventually([&] { return server_->connections() == 2; }));
    clock_.advance(std::chrono::seconds(11));
    EXPECT_TRUE(dies.closed_by_server());
    leave.set();
    EXPECT_EQ(client.read_answer().body, "done");
    stop();
}

TEST_F(ConnectionTest, ResponseHeadersCannotBreakTheFraming) {
    handlers_["/evil"] = [](Request, Responder responder) {
        responder.respond({.headers = {{"X-Bad", "a\r\nX-Injected: 1"},
                                       {"X Bad", "b"},
                                       {"Content-Length", "99"},
                                       {"X-Good", "c"}},
                           .body = "ok"});
    };
    start();
    RawClient client(server_->port());
    client.send(get("/evil"));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.body, "ok");
    EXPECT_EQ(answer.header("x-good"), "c");
    EXPECT_EQ(answer.header("x-injected"), "");
    EXPECT_EQ(answer.head.find("99"), std::string::npos);
}

TEST_F(ConnectionTest, ARequestThatIsDroppedGets500) {
    handlers_["/dropped"] = [](Request, Responder) {};
    handlers_["/thrown"] = [](Request, Responder) { throw std::runtime_error("secret"); };
    start();
    RawClient client(server_->port());
    for (const char* path : {"/dropped", "/thrown"}) {
        client.send(get(path));
        const auto answer = client.read_answer();
        EXPECT_EQ(answer.status, 500);
        EXPECT_EQ(answer.body.find("secret"), std::string::npos);
    }
}

}  // namespace
}  // namespace ordinaut::http
