// Goal: what breaks the rules of ord.http gets its status, is recorded, and harms nobody. Method:
// as http_route_test.
#include <gmock/gmock.h>

#include "tests/ext/web_host.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::HttpAnswer;

class RudeTest : public ::testing::Test {
protected:
    static ext::HostOptions options() {
        auto options = drop_in({ZOO_DIR "/rude_over_http"});
        options.http_timeout = 5s;
        return options;
    }
    RudeTest() : web_(options()), http_(web_.client()) {}
    HttpAnswer get(const std::string& how) { return http_->get("/ext/rude_over_http/" + how); }
    // The fault is noted after the answer: stopping the extension waits for its threads.
    void expect_fault(const std::string& what) {
        ASSERT_TRUE(web_.host.disable("rude_over_http").ok());
        EXPECT_THAT(web_.info("rude_over_http").warnings, Contains(HasSubstr(what)));
    }
    WebHost web_;
    std::unique_ptr<testing::HttpClient> http_;
};

TEST_F(RudeTest, TheFirstOfTwoAnswersCounts) {
    EXPECT_EQ(get("twice").body, "first");
    EXPECT_EQ(get("last").body, "0,12,12");
    expect_fault("answered one request twice");
}
TEST_F(RudeTest, AStreamedAnswerGoesOnStreaming) {
    EXPECT_EQ(get("respond_after_start").body, "started,11,11");
    expect_fault("called respond() after start()");
}
TEST_F(RudeTest, AStreamEndsOnce) {
    EXPECT_EQ(get("end_twice").body, "whole");
    EXPECT_EQ(get("last").body, "0,12,12");
    expect_fault("answered one request twice");
}
TEST_F(RudeTest, AStreamBeginsWithStart) {
    EXPECT_EQ(get("before_start").body, "11,11");
    expect_fault("called write() before start()");
}
TEST_F(RudeTest, AStatusHasThreeDigits) {
    EXPECT_EQ(get("bad_status").body, "1,1");
    expect_fault("status 99 is not within 200 to 599");
}
TEST_F(RudeTest, FinishIsForErrors) {
    EXPECT_EQ(get("finish_ok").body, "11");
    expect_fault("finished a request with ORD_OK");
}
TEST_F(RudeTest, HandlesOfOthersAreRefused) { EXPECT_EQ(get("foreign").body, "12,12"); }
TEST_F(RudeTest, RoutesAreAddedAtTheBeginning) { EXPECT_EQ(get("late_route").body, "11"); }

TEST_F(RudeTest, AReturnedErrorIsTheAnswer) {
    const auto answer = get("returns");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(member(answer.body, "message"),
              "GET /ext/rude_over_http/returns returned ORD_E_NOT_FOUND");
}
TEST_F(RudeTest, AnErrorReturnedAfterTheAnswerIsIgnored) {
    EXPECT_EQ(get("returns_after").body, "answered");
    expect_fault("returned ORD_E_TERMINAL after it had answered the request");
}
TEST_F(RudeTest, AnExceptionIs500) {
    EXPECT_EQ(get("throws").status, 500);
    EXPECT_EQ(get("last").status, 200);
    expect_fault("threw an exception across the boundary: boom");
}
TEST_F(RudeTest, AnErrorMayCarryMore) {
    const auto answer = get("limited");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.headers.at("retry-after"), "7");
    EXPECT_THAT(answer.body, HasSubstr(R"("details":[{"pointer":"/a","message":"b"}])"));
}
TEST_F(RudeTest, AnErrorAfterTheStartCuts) {
    testing::RawSocket socket(web_.port());
    ASSERT_TRUE(socket.send(WebHost::wire("GET", "/ext/rude_over_http/cut")));
    EXPECT_THAT(socket.read_to_end(), HasSubstr("half"));
    EXPECT_TRUE(socket.closed());
}
TEST_F(RudeTest, WithoutAnAnswerTheDeadlineAnswers) {
    const auto answer = get("never");
    EXPECT_EQ(answer.status, 504);
    EXPECT_EQ(member(answer.body, "message"),
              "GET /ext/rude_over_http/never did not answer in time");
    EXPECT_EQ(get("last").status, 200);
}
TEST_F(RudeTest, OpenRequestsEndWithTheHost) {
    auto waiting = std::thread([this] {
        const auto answer = web_.client()->get("/ext/rude_over_http/never");
        EXPECT_THAT(answer.status, ::testing::AnyOf(503, 504));
    });
    ASSERT_TRUE(web_.host.load("rude_over_http").ok());
    web_.host.stop(std::chrono::steady_clock::now());
    waiting.join();
    EXPECT_EQ(get("last").status, 503);
}

TEST(HttpRefusal, WithoutTheGrantThereAreNoRoutes) {
    auto options = drop_in({WEB_DIR "/web", ZOO_DIR "/rude_over_http"});
    options.policy.drop_in = ext::DropInPolicy::kExplicit;
    WebHost web(std::move(options));
    const auto refused = web.client()->get("/ext/web/hello");
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("extension 'web' was not granted ROUTES"));
    EXPECT_EQ(web.client("")->get("/ext/web/open").status, 401);
    EXPECT_THAT(web.info("web").warnings,
                Contains(HasSubstr("ROUTES is asked for, but not granted")));
    // The wrapper leaves its routes out and goes on; plain C is told DENIED.
    EXPECT_TRUE(web.host.load("web").ok());
    EXPECT_THAT(web.info("web").warnings,
                Contains(HasSubstr("asked to add routes without the grant ROUTES")));
    EXPECT_FALSE(web.host.load("rude_over_http").ok());
    EXPECT_THAT(web.info("rude_over_http").reason, HasSubstr("ORD_E_DENIED"));
}

TEST(HttpRefusal, WithoutRequiredScopesAnyCallerWillDo) {
    auto options = drop_in({WEB_DIR "/web"});
    options.require_scopes = false;
    WebHost web(std::move(options));
    EXPECT_EQ(web.client("tasks:read")->get("/ext/web/hello").status, 200);
    EXPECT_EQ(web.client("")->get("/ext/web/hello").status, 401);
}

TEST(HttpRefusal, AnExtensionWithoutHttpSaysSo) {
    WebHost web(drop_in({ZOO_DIR "/well_behaved"}));
    const auto answer = web.client()->get("/ext/well_behaved/x");
    EXPECT_EQ(answer.status, 404);
    EXPECT_THAT(answer.body, HasSubstr("answers no HTTP requests"));
}

TEST(HttpRefusal, OneThatCannotLoadIs503WithItsReason) {
    WebHost web(drop_in({ZOO_DIR "/forgets_its_route"}));
    const auto answer = web.client()->get("/ext/forgets_its_route/missing");
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(answer.body,
                HasSubstr("declares the route 'GET /missing', but the code does not register it"));
    EXPECT_EQ(web.info("forgets_its_route").state, ext::State::kError);
}

}  // namespace
}  // namespace ordinaut
