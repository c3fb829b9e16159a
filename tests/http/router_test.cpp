// Requests over a real socket to a router over the fake operations.
#include "http/router.h"

#include "tests/http/fake_operations.h"
#include "tests/http/server_fixture.h"

namespace ordinaut::operations {
struct Services {};
}  // namespace ordinaut::operations

namespace ordinaut::http {
namespace {

using operations::last_asked;

class RouterTest : public ServerTest {
protected:
    void SetUp() override {
        options_.authenticate = [](std::string_view token) -> Result<auth::Caller> {
            if (token == "good")
                return auth::Caller{.agent_id = "agent", .name = "agent", .scopes = {}};
            return Error{ErrorCode::kUnauthenticated, "the token is not valid"};
        };
        options_.authenticate_session = [](std::string_view token) -> Result<auth::Caller> {
            if (token == "open")
                return auth::Caller{.agent_id = "browser", .name = "browser", .scopes = {}};
            return Error{ErrorCode::kUnauthenticated, "the session has ended"};
        };
        options_.observe = [this](std::string_view route, std::string_view method, int status,
                                  std::chrono::nanoseconds) {
            observed_ =
                std::string(route) + " " + std::string(method) + " " + std::to_string(status);
        };
    }

    // Sends one request on a connection of its own, with the good token unless `headers` say
    // otherwise.
    Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
               std::string headers = "Authorization: Bearer good\r\n") {
        if (!router_) {
            router_ = std::make_unique<Router>(dispatcher_, clock_, std::move(options_));
            pool_ = std::make_unique<WorkPool>("test", 2, 100);
            auto server = Server::start({}, clock_, *pool_, router_->handler());
            EXPECT_TRUE(server.ok());
            server_ = std::move(*server);
        }
        if (!body.empty()) headers += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        if (!body.empty() && headers.find("Content-Type") == std::string::npos)
            headers += "Content-Type: application/json\r\n";
        RawClient client(server_->port());
        client.send(method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n" + headers +
                    "\r\n" + body);
        return client.read_answer(method == "HEAD");
    }

    // The error in `answer`: "name pointer", after checking its shape.
    static std::string error_of(const Answer& answer) {
        const auto body = parse_json(answer.body);
        if (!body.ok()) return "not JSON: " + answer.body;
        EXPECT_EQ(answer.header("x-request-id"), string_or(*body, "request_id", ""));
        EXPECT_EQ(string_or(*body, "timestamp", ""), "2026-03-01T08:00:00Z");
        const auto* details = find(*body, "details");
        if (details == nullptr) return "no details";
        std::string place;
        if (details->IsArray() && !details->Empty())
            place = " " + std::string(string_or((*details)[0], "pointer", ""));
        if (details->IsObject())
            place = " " + std::string(string_or(*details, "missing_scope", ""));
        return std::string(string_or(*body, "error", "")) + place;
    }

    operations::Services services_;
    operations::Dispatcher dispatcher_{services_};
    RouterOptions options_;
    std::unique_ptr<Router> router_;
    std::string observed_;
    std::string host_ = "test";
};

TEST_F(RouterTest, FindsOperationsByMethodAndPath) {
    EXPECT_EQ(ask("GET", "/things/42").body, R"({"thing_id":"42"})");
    EXPECT_EQ(last_asked().operation, "things.get");
    EXPECT_EQ(last_asked().agent, "agent");
    EXPECT_EQ(ask("GET", "/things/42/").status, 200) << "a trailing slash is tolerated";
    EXPECT_EQ(ask("GET", "/things/a%20b/c").body, R"({"thing_id":"a b","part":"c"})");
    ask("GET", "/things/stats/summary");
    EXPECT_EQ(last_asked().operation, "things.stats") << "a literal wins over a parameter";
    EXPECT_EQ(ask("GET", "/things/stats/other").body, R"({"thing_id":"stats","part":"other"})");
    EXPECT_EQ(ask("POST", "/things", R"({"title":"x"})").status, 201);
    EXPECT_EQ(ask("PUT", "/things/7", R"({"title":"x"})").body, R"({"thing_id":"7","title":"x"})");
    EXPECT_EQ(ask("POST", "/tools/echo/invoke", "[1,2]").body, R"({"name":"echo","input":[1,2]})");
}

TEST_F(RouterTest, SaysWhatAPathTakes) {
    EXPECT_EQ(error_of(ask("GET", "/nothing")), "not_found");
    EXPECT_EQ(error_of(ask("GET", "/things//")), "not_found");
    EXPECT_EQ(ask("GET", "/" + std::string(8000, '/')).status, 404);
    const auto wrong = ask("DELETE", "/things");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("allow"), "GET, HEAD, POST, OPTIONS");
    EXPECT_EQ(error_of(wrong), "method_not_allowed");
    const auto options = ask("OPTIONS", "/tools/x/invoke", "", "");
    EXPECT_EQ(options.status, 204);
    EXPECT_EQ(options.header("allow"), "POST, OPTIONS");
    EXPECT_EQ(ask("HEAD", "/things/42").status, 200);
    EXPECT_EQ(ask("HEAD", "/tools/x/invoke").status, 405);
}

TEST_F(RouterTest, NeedsATokenExceptForWhatIsPublic) {
    EXPECT_EQ(ask("GET", "/", "", "").status, 200);
    const auto none = ask("GET", "/things", "", "");
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(none.header("www-authenticate"), "Bearer");
    EXPECT_EQ(error_of(none), "unauthenticated");
    for (const char* header :
         {"Authorization: Bearer bad\r\n", "Authorization: Basic Zm9vOmJhcg==\r\n",
          "Authorization: good\r\n", "Authorization: Bearer good\r\nAuthorization: Bearer bad\r\n"})
        EXPECT_EQ(ask("GET", "/things", "", header).status, 401) << header;
    EXPECT_EQ(ask("GET", "/things", "", "authorization: bearer good\r\n").status, 200);
    EXPECT_EQ(error_of(ask("GET", "/deny")), "forbidden things:deny");
}

TEST_F(RouterTest, ABrowsersSessionChangesThingsOnlyFromAPageOfThisServer) {
    const std::string cookie = "Cookie: a=b; ordinaut_session=open\r\n";
    const auto create = [&](const std::string& headers) {
        return ask("POST", "/things", R"({"title":"x"})", cookie + headers).status;
    };
    const std::string page = "X-Ordinaut-Page: 1\r\n";
    EXPECT_EQ(ask("GET", "/things", "", cookie).status, 200);
    EXPECT_EQ(last_asked().agent, "browser");
    EXPECT_EQ(ask("GET", "/things", "", "Cookie: ordinaut_session=gone\r\n").status, 401);
    EXPECT_EQ(ask("GET", "/things", "", "Cookie: ordinaut_session_8080=open\r\n").status, 401);
    EXPECT_EQ(create(""), 403);
    EXPECT_EQ(create(page), 201);
    EXPECT_EQ(create(page + "Origin: http://test\r\n"), 201);
    EXPECT_EQ(create(page + "Origin: http://elsewhere\r\n"), 403);
    EXPECT_EQ(create(page + "Origin: http://test:81\r\n"), 403);
    EXPECT_EQ(create(page + "Origin: null\r\n"), 403);
    EXPECT_EQ(create(page + "Sec-Fetch-Site: same-site\r\n"), 403);
    EXPECT_EQ(create(page + "Sec-Fetch-Site: cross-site\r\nOrigin: http://test\r\n"), 403);
    EXPECT_EQ(create(page + "Sec-Fetch-Site: same-origin\r\nOrigin: http://proxy\r\n"), 201);

    EXPECT_EQ(create("Authorization: Bearer good\r\n"), 201) << "a token needs no such proof";
    EXPECT_EQ(last_asked().agent, "agent");
    EXPECT_EQ(create(page + "Authorization: Bearer bad\r\n"), 401);
}

TEST_F(RouterTest, TheMountsOfASessionAskForTheSameProof) {
    options_.mounts["ext"] = [](MountedRequest mounted) {
        mounted.responder.respond(
            {.body = mounted.caller.ok() ? mounted.caller->agent_id : "nobody"});
    };
    const std::string cookie = "Cookie: ordinaut_session=open\r\n";
    EXPECT_EQ(ask("GET", "/ext/a", "", cookie).body, "browser");
    EXPECT_EQ(ask("POST", "/ext/a", "", cookie).body, "nobody");
    EXPECT_EQ(ask("POST", "/ext/a", "", cookie + "X-Ordinaut-Page: 1\r\n").body, "browser");
}

TEST_F(RouterTest, ASessionIsOpenedAndEndedByAPage) {
    EXPECT_EQ(ask("POST", "/session", "{}", "").status, 403);
    const auto opened = ask("POST", "/session", "{}", "X-Ordinaut-Page: 1\r\n");
    EXPECT_EQ(opened.header("set-cookie"),
              "ordinaut_session=fresh; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600");
    const auto ended =
        ask("DELETE", "/session", "",
            "X-Ordinaut-Page: 1\r\nCookie: ordinaut_session=open\r\nX-Forwarded-Proto: https\r\n");
    EXPECT_EQ(last_asked().session_token, "open");
    EXPECT_EQ(ended.header("set-cookie"),
              "ordinaut_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure");
}

TEST_F(RouterTest, EveryoneIsTheSameCallerWithoutAuthentication) {
    options_.everyone = auth::Caller{.agent_id = "local", .name = "local", .scopes = {}};
    for (const char* host : {"localhost:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:8080", "[::1]"}) {
        host_ = host;
        EXPECT_EQ(ask("GET", "/things", "", "").status, 200) << host;
        EXPECT_EQ(last_asked().agent, "local");
    }
}

// Goal: with --auth=off no page a browser happens to show can use this server. Method: what
// browsers send for pages elsewhere, also for one whose name was pointed at 127.0.0.1.
TEST_F(RouterTest, WithoutAuthenticationPagesElsewhereChangeNothing) {
    options_.everyone = auth::Caller{.agent_id = "local", .name = "local", .scopes = {}};
    host_ = "127.0.0.1:8080";
    const auto create = [&](const std::string& headers) {
        return ask("POST", "/things", "", headers).status;
    };
    EXPECT_EQ(create(""), 201) << "programs say nothing of an origin";
    EXPECT_EQ(create("Origin: http://127.0.0.1:8080\r\n"), 201);
    EXPECT_EQ(create("Sec-Fetch-Site: same-origin\r\n"), 201);
    EXPECT_EQ(create("Origin: http://elsewhere\r\n"), 403);
    EXPECT_EQ(create("Origin: http://127.0.0.1:9000\r\n"), 403);
    EXPECT_EQ(create("Origin: null\r\n"), 403);
    EXPECT_EQ(create("Sec-Fetch-Site: cross-site\r\n"), 403);
    EXPECT_EQ(create("Sec-Fetch-Site: same-site\r\n"), 403);
    for (const char* host : {"elsewhere", "elsewhere:8080", "127.0.0.1.elsewhere:8080",
                             "localhost.elsewhere", "10.0.0.1:8080", "[::2]:8080"}) {
        host_ = host;
        EXPECT_EQ(ask("GET", "/things", "", "").status, 403) << host;
        EXPECT_EQ(ask("GET", "/", "", "").status, 200) << "public is public";
    }
}

TEST_F(RouterTest, QueryTextBecomesWhatTheSchemaSays) {
    EXPECT_EQ(ask("GET", "/things?limit=20&success=true&ratio=0.5&status=5").body,
              R"({"limit":20,"success":true,"ratio":0.5,"status":"5"})");
    for (const char* query : {"limit=abc", "limit=", "limit=1.5", "limit=99999999999999999999",
                              "limit=%201", "limit=1&limit=2"})
        EXPECT_EQ(error_of(ask("GET", std::string("/things?") + query)), "validation_error /limit")
            << query;
    EXPECT_EQ(error_of(ask("GET", "/things?success=yes")), "validation_error /success");
    for (const char* query : {"ratio=nan", "ratio=inf", "ratio=1e999", "ratio=x"})
        EXPECT_EQ(error_of(ask("GET", std::string("/things?") + query)), "validation_error /ratio")
            << query;
    const auto unknown = ask("GET", "/things?statsu=x");
    EXPECT_EQ(error_of(unknown), "validation_error /statsu");
    EXPECT_NE(unknown.body.find("did you mean 'status'?"), std::string::npos) << unknown.body;
    EXPECT_EQ(ask("POST", "/things?title=x", "{}").status, 422);
    EXPECT_EQ(ask("GET", "/things/42?thing_id=43").status, 422);
}

TEST_F(RouterTest, BodiesAreJsonObjects) {
    const std::string token = "Authorization: Bearer good\r\n";
    EXPECT_EQ(error_of(ask("POST", "/things", "x", token + "Content-Type: text/plain\r\n")),
              "unsupported_media_type");
    EXPECT_EQ(
        ask("POST", "/things", "{}", token + "Content-Type: application/json; charset=utf-8\r\n")
            .status,
        201);
    EXPECT_EQ(error_of(ask("POST", "/things", "{")), "malformed_request");
    EXPECT_EQ(error_of(ask("POST", "/things", R"({"a":1,"a":2})")), "malformed_request");
    EXPECT_EQ(error_of(ask("POST", "/things", std::string(200, '[') + std::string(200, ']'))),
              "malformed_request");
    EXPECT_EQ(ask("POST", "/things", "[]").status, 422);
    EXPECT_EQ(error_of(ask("PUT", "/things/7", R"({"thing_id":"8"})")),
              "validation_error /thing_id");
    EXPECT_EQ(error_of(ask("GET", "/things", "{}")), "malformed_request");
}

TEST_F(RouterTest, PassesHeadersOnAndBack) {
    const std::string token = "Authorization: Bearer good\r\n";
    const auto answer =
        ask("PUT", "/things/7", "{}",
            token +
                "If-Match: \"3\"\r\nIdempotency-Key: k\r\nX-Request-ID: abc-1\r\n"
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
    EXPECT_EQ(last_asked().if_match, "3");
    EXPECT_EQ(last_asked().idempotency_key, "k");
    EXPECT_EQ(last_asked().request_id, "abc-1");
    EXPECT_EQ(last_asked().trace_id, "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(answer.header("x-request-id"), "abc-1");
    EXPECT_EQ(answer.header("etag"), "\"7\"");
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(answer.header("content-type"), "application/json");
    ask("PUT", "/things/7", "{}",
        token + "If-Match: *\r\nX-Request-ID: <bad>\r\ntraceparent: 00-0-0-0\r\n");
    EXPECT_EQ(last_asked().if_match, "");
    EXPECT_TRUE(is_id(last_asked().request_id));
    EXPECT_EQ(last_asked().trace_id.size(), 32U);
    EXPECT_EQ(ask("GET", "/things/7", "", token + "If-None-Match: \"7\"\r\n").status, 304);
    EXPECT_EQ(ask("GET", "/things/7", "", token + "If-None-Match: \"6\"\r\n").status, 200);
}

TEST_F(RouterTest, FaultsOfOursStayInside) {
    for (const char* path : {"/fail", "/throw"}) {
        const auto answer = ask("GET", path);
        EXPECT_EQ(answer.status, 500);
        EXPECT_EQ(error_of(answer), "internal_error");
        EXPECT_EQ(answer.body.find("secret"), std::string::npos) << answer.body;
    }
}

TEST_F(RouterTest, ObservesRouteTemplatesAndKnownMethods) {
    ask("GET", "/things/42");
    stop();
    EXPECT_EQ(observed_, "/things/{thing_id} GET 200");
}

TEST_F(RouterTest, InventedMethodsAreNoLabels) {
    ask("BREW", "/nothing/here");
    stop();
    EXPECT_EQ(observed_, " other 404");
}

TEST_F(RouterTest, MountsAndFilesAreAskedAfterTheOperations) {
    options_.mounts["ext"] = [](MountedRequest mounted) {
        mounted.responder.respond(
            {.body = mounted.request.target.path + " " +
                     (mounted.caller.ok() ? mounted.caller->agent_id : "nobody")});
    };
    EXPECT_EQ(ask("BREW", "/ext/a/b").body, "/ext/a/b agent");
    EXPECT_EQ(ask("GET", "/ext", "", "").body, "/ext nobody");
    EXPECT_EQ(ask("GET", "/extra").status, 404);
    const auto page = ask("GET", "/docs", "", "");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
}

}  // namespace
}  // namespace ordinaut::http
