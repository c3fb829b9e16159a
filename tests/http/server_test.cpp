// Many connections: wrong addressees, slow readers, limits, streams, stopping.
#include <sys/resource.h>

#include <random>

#include "tests/http/server_fixture.h"

namespace ordinaut::http {
namespace {

TEST_F(ServerTest, ListensOnIpv4Ipv6AndSaysWhyNot) {
    start();
    const auto handler = [](Request, Responder responder) { responder.respond({}); };
    const auto taken = Server::start({.port = server_->port()}, clock_, *pool_, handler);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(taken.error().message.find("in use"), std::string::npos) << taken.error().message;
    const auto unknown = Server::start({.host = "no.such.host"}, clock_, *pool_, handler);
    ASSERT_FALSE(unknown.ok());
    EXPECT_EQ(unknown.error().details.front().pointer, "/host");
    const auto foreign = Server::start({.host = "192.0.2.1"}, clock_, *pool_, handler);
    ASSERT_FALSE(foreign.ok());
    EXPECT_NE(foreign.error().message.find("not one of this machine's"), std::string::npos)
        << foreign.error().message;
    const auto v6 = Server::start({.host = "::1"}, clock_, *pool_, handler);
    ASSERT_TRUE(v6.ok()) << v6.error().message;
    EXPECT_EQ((*v6)->url(), "http://[::1]:" + std::to_string((*v6)->port()));
}

// Goal: no answer reaches another client. Method: clients leave at random while their answers are
// still being made by workers, so that descriptor numbers are reused all the time; every answer
// carries the token of its request.
TEST_F(ServerTest, LateAnswersNeverReachAnotherClient) {
    std::mutex mutex;
    std::vector<std::pair<std::string, Responder>> held;
    handlers_["/late"] = [&](Request request, Responder responder) {
        std::vector<std::pair<std::string, Responder>> release;
        {
            const std::lock_guard lock(mutex);
            held.emplace_back(request.target.raw_query, std::move(responder));
            if (held.size() >= 4) release.swap(held);
        }
        for (auto& [token, waiting] : release) waiting.respond({.body = token});
    };
    start();
    std::atomic<int> right{0}, wrong{0};
    const auto client_loop = [&](int seed) {
        std::minstd_rand random(static_cast<unsigned>(seed));
        for (int i = 0; i < 300; ++i) {
            RawClient client(server_->port());
            const auto token = std::to_string(seed) + "-" + std::to_string(i);
            client.send(get("/late?" + token));
            const auto choice = random() % 4;
            if (choice == 0) {
                client.reset();
                continue;
            }
            if (choice == 1) continue;  // Closes with the answer outstanding.
            // Pipelined, so that held answers do not wait for each other.
            client.send(get("/late?" + token));
            const auto some = client.read_some();
            if (some.empty()) continue;
            (some.ends_with("\r\n\r\n" + token) ||
             some.find("\r\n\r\n" + token + "HTTP/1.1 ") != std::string::npos)
                ? ++right
                : ++wrong;
        }
    };
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i) clients.emplace_back(client_loop, i);
    // Whoever still waits is answered, until all clients are done.
    std::atomic<bool> done{false};
    std::thread releaser([&] {
        while (!done) {
            std::vector<std::pair<std::string, Responder>> release;
            {
                const std::lock_guard lock(mutex);
                release.swap(held);
            }
            for (auto& [token, waiting] : release) waiting.respond({.body = token});
            std::this_thread::yield();
        }
    });
    for (auto& client : clients) client.join();
    done = true;
    releaser.join();
    held.clear();
    EXPECT_EQ(wrong, 0);
    EXPECT_GT(right, 500);
    stop();
}

// A client that does not read must hold up nobody, and must not keep its memory for ever.
TEST_F(ServerTest, AClientThatDoesNotReadHoldsUpNobodyAndIsCutOff) {
    handlers_["/big"] = [](Request, Responder responder) {
        responder.respond({.body = std::string(16 << 20, 'x')});
    };
    handlers_["/echo"] = echo;
    start();
    std::vector<std::unique_ptr<RawClient>> lazy;
    for (int i = 0; i < 4; ++i) {  // More than there are threads that read sockets.
        lazy.push_back(std::make_unique<RawClient>(server_->port(), 4096));
        lazy.back()->send(get("/big"));
    }
    for (int i = 0; i < 4; ++i) {
        RawClient client(server_->port());
        client.send(get("/echo?" + std::to_string(i)));
        EXPECT_EQ(client.read_answer().body, std::to_string(i));
    }
    RawClient reader(server_->port());
    reader.send(get("/big"));
    EXPECT_EQ(reader.read_answer().body.size(), 16U << 20) << "whoever reads gets everything";
    clock_.advance(std::chrono::seconds(31));
    ASSERT_TRUE(eventually([&] { return server_->connections() <= 1; }));
    for (auto& client : lazy) EXPECT_LT(client->read_until_closed().size(), 16U << 20);
}

TEST_F(ServerTest, RefusesConnectionsOverTheLimit) {
    handlers_["/echo"] = echo;
    Limits limits;
    limits.connections_max = 3;
    start(limits);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<RawClient>(server_->port()));
        clients.back()->send(get("/echo?1"));
        EXPECT_EQ(clients.back()->read_answer().status, 200);
    }
    RawClient refused(server_->port());
    const auto answer = refused.read_answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_TRUE(refused.closed_by_server());
    clients.front()->send(get("/echo?2"));
    EXPECT_EQ(clients.front()->read_answer().body, "2");
}

TEST_F(ServerTest, AFullWorkPoolAnswers503) {
    Signal entered, leave;
    handlers_["/slow"] = [&](Request, Responder responder) {
        entered.set();
        EXPECT_TRUE(leave.wait());
        responder.respond({});
    };
    start({}, 1, 1);
    RawClient running(server_->port());
    running.send(get("/slow"));
    ASSERT_TRUE(entered.wait());
    ASSERT_TRUE(pool_->try_submit([] {}));  // The one place in the queue.
    RawClient refused(server_->port());
    refused.send(get("/slow"));
    const auto answer = refused.read_answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.header("retry-after"), "");
    leave.set();
    EXPECT_EQ(running.read_answer().status, 200);
    stop();
}

TEST_F(ServerTest, StreamsInChunksAndKeepsAlive) {
    handlers_["/stream"] = [](Request request, Responder responder) {
        const auto stream = responder.start(200, {{"Content-Type", "text/plain"}});
        for (const char* piece : {"one ", "", "two ", "three"})
            EXPECT_EQ(stream.write(piece), WriteOutcome::kOk);
        stream.end();
        EXPECT_EQ(stream.write("late"), WriteOutcome::kGone);
        responder.respond({.body = "a second answer to " + request.method});
    };
    start();
    RawClient client(server_->port());
    client.send(get("/stream") + get("/stream"));
    EXPECT_EQ(client.read_answer().body, "one two three");
    EXPECT_EQ(client.read_answer().body, "one two three");
    client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_answer(true).status, 200);
    client.send("GET /stream HTTP/1.0\r\n\r\n");
    const auto old = client.read_until_closed();
    EXPECT_TRUE(old.ends_with("\r\n\r\none two three")) << old;
}

TEST_F(ServerTest, AStreamThatIsDroppedIsCutNotEnded) {
    handlers_["/stream"] = [](Request, Responder responder) {
        (void)responder.start(200, {}).write("half");
    };
    start();
    RawClient client(server_->port());
    client.send(get("/stream"));
    const auto all = client.read_until_closed();
    EXPECT_NE(all.find("4\r\nhalf\r\n"), std::string::npos);
    EXPECT_EQ(all.find("\r\n0\r\n"), std::string::npos);
}

TEST_F(ServerTest, AStreamToASlowClientIsBoundedAndResumes) {
    Limits limits;
    limits.stream_queue_bytes_max = 256 << 10;
    Signal full, room, finished;
    StreamWriter stream;
    size_t written = 0;
    const std::string piece(64 << 10, 'x');
    handlers_["/stream"] = [&](Request, Responder responder) {
        stream = responder.start(200, {});
        while (stream.write(piece) == WriteOutcome::kOk) written += piece.size();
        EXPECT_EQ(stream.write(piece), WriteOutcome::kAgain);
        stream.on_room([&] { room.set(); });
        full.set();
    };
    start(limits);
    RawClient client(server_->port(), 4096);
    client.send(get("/stream"));
    ASSERT_TRUE(full.wait());
    EXPECT_LT(written, 32U << 20) << "the queue is bounded";
    std::thread rest([&] {
        EXPECT_TRUE(room.wait());
        EXPECT_EQ(stream.write("last"), WriteOutcome::kOk);
        stream.end();
        stream = {};
    });
    EXPECT_EQ(client.read_answer().body.size(), written + 4);
    rest.join();
    stop();
}

TEST_F(ServerTest, AStreamLearnsThatItsClientHasGone) {
    Signal started, gone;
    StreamWriter stream;
    handlers_["/stream"] = [&](Request, Responder responder) {
        responder.on_gone([&] { gone.set(); });
        stream = responder.start(200, {});
        started.set();
    };
    start();
    {
        RawClient client(server_->port());
        client.send(get("/stream"));
        ASSERT_TRUE(started.wait());
    }
    EXPECT_TRUE(gone.wait());
    while (stream.write("more") != WriteOutcome::kGone) std::this_thread::yield();
    stream = {};
    stop();
}

TEST_F(ServerTest, StopLetsAnswersInFlightFinish) {
    Signal entered, stopping;
    handlers_["/slow"] = [&](Request, Responder responder) {
        responder.on_gone([&] { stopping.set(); });
        entered.set();
        EXPECT_TRUE(stopping.wait());
        responder.respond({.body = "finished"});
    };
    handlers_["/echo"] = echo;
    start();
    RawClient idle(server_->port());
    idle.send(get("/echo?1"));
    EXPECT_EQ(idle.read_answer().body, "1");
    RawClient client(server_->port());
    client.send(get("/slow"));
    ASSERT_TRUE(entered.wait());
    const auto port = server_->port();
    server_->stop(std::chrono::seconds(20));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.body, "finished");
    EXPECT_EQ(answer.header("connection"), "close");
    EXPECT_TRUE(idle.closed_by_server());
    EXPECT_FALSE(RawClient(port).connected());
    stop();
}

TEST_F(ServerTest, StopIsBoundedAndAnswersAfterItGoNowhere) {
    Signal entered;
    Responder kept;
    handlers_["/never"] = [&](Request, Responder responder) {
        kept = std::move(responder);
        entered.set();
    };
    start();
    RawClient client(server_->port());
    client.send(get("/never"));
    ASSERT_TRUE(entered.wait());
    server_->stop(std::chrono::milliseconds(10));
    EXPECT_TRUE(client.closed_by_server());
    server_.reset();
    kept.respond({.body = "too late"});
    kept = {};
    stop();
}

// Goal: more clients than there are descriptors for are told so, instead of left in a queue that
// cannot be accepted. Method: a hard limit with room for thirty connections. It holds for the rest
// of this process, so this test is the last.
TEST_F(ServerTest, ServesAsManyConnectionsAsThereIsRoomFor) {
    const rlimit few{.rlim_cur = 700, .rlim_max = 700};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    handlers_["/echo"] = echo;
    start();
    std::vector<std::unique_ptr<RawClient>> clients;
    int served = 0, status = 200;
    while (status == 200 && served < 200) {
        clients.push_back(std::make_unique<RawClient>(server_->port()));
        clients.back()->send(get("/echo?1"));
        status = clients.back()->read_answer().status;
        if (status == 200) ++served;
    }
    EXPECT_EQ(status, 503) << "said to the first one too many";
    EXPECT_EQ(served, 30);
    clients.front()->send(get("/echo?2"));
    EXPECT_EQ(clients.front()->read_answer().body, "2");
}

}  // namespace
}  // namespace ordinaut::http
