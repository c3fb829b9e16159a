// Goal: http.request does what its README says. Method: the real plugin against real servers on
// loopback.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/plugins/running_host.h"
#include "tests/support/http_stub.h"

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::HttpStub;
using testing::StubAnswer;
using testing::StubRequest;
using tool::Outcome;

StubAnswer answer(const StubRequest& request) {
    if (request.target.rfind("/status/", 0) == 0) {
        StubAnswer given{std::stoi(request.target.substr(8)), R"({"why":"asked"})"};
        if (given.status == 503) given.headers["Retry-After"] = "7";
        return given;
    }
    if (request.target == "/text") return {200, "plain", {{"Content-Type", "text/plain"}}};
    if (request.target == "/bytes")
        return {200, "\xFF\xFE", {{"Content-Type", "application/octet-stream"}}};
    if (request.target == "/lies")
        return {200, "{not json", {{"Content-Type", "application/json"}}};
    if (request.target == "/big")
        return {200, std::string(2000, 'x'), {{"Content-Type", "text/plain"}}};
    if (request.target == "/away") return {302, "", {{"Location", "/text"}}};
    if (request.target == "/loop") return {302, "", {{"Location", "/loop"}}};
    if (request.target == "/file") return {302, "", {{"Location", "file:///etc/hostname"}}};
    return {200, R"({"temp":21.5})", {}};
}

// Accepts connections and never answers.
class SilentServer {
public:
    SilentServer() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(listen(fd_, 16), 0);
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
    }
    ~SilentServer() { close(fd_); }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    int accept_one() const { return accept(fd_, nullptr, nullptr); }

private:
    int fd_;
    int port_ = 0;
};

class HttpTest : public ::testing::Test {
protected:
    HttpTest() : stub_(answer) { running_.start(PLUGINS_DIR); }
    tool::ToolResult request(const std::string& path, const std::string& more = "") {
        return running_.call("http.request",
                             R"({"url":")" + stub_.url() + path + "\"" + more + "}");
    }
    static tool::ToolCall call(const std::string& url) {
        tool::ToolCall call;
        call.name = "http.request";
        call.input_json = R"({"url":")" + url + R"(","timeout_seconds":3600})";
        return call;
    }
    HttpStub stub_;
    RunningHost running_;
};

TEST_F(HttpTest, JsonComesParsed) {
    const auto result = request("/");
    ASSERT_EQ(result.outcome, Outcome::kOk) << result.message;
    const auto json = parse_json(result.output_json);
    ASSERT_TRUE(json.ok());
    EXPECT_EQ((*json)["status"].GetInt(), 200);
    EXPECT_EQ((*json)["body"]["temp"].GetDouble(), 21.5);
    EXPECT_THAT(string_or((*json)["headers"], "content-type", ""), HasSubstr("application/json"));
}

TEST_F(HttpTest, OtherBodiesComeAsTextOrBytes) {
    EXPECT_THAT(request("/text").output_json, HasSubstr(R"("text":"plain")"));
    EXPECT_THAT(request("/bytes").output_json, HasSubstr(R"("body_base64":"//4=")"));
    EXPECT_THAT(request("/lies").output_json, HasSubstr(R"("text":"{not json")"));
}

TEST_F(HttpTest, SendsWhatItIsGiven) {
    ASSERT_EQ(
        request(
            "/a?x=1#part",
            R"(,"method":"PUT","query":{"q":"ă&b","n":2},"headers":{"X-Key":"v"},"json":{"a":[1,2]})")
            .outcome,
        Outcome::kOk);
    const auto put = stub_.requests().back();
    EXPECT_EQ(put.method, "PUT");
    EXPECT_EQ(put.target, "/a?x=1&q=%C4%83%26b&n=2");
    EXPECT_EQ(put.headers.at("x-key"), "v");
    EXPECT_EQ(put.headers.at("content-type"), "application/json");
    EXPECT_EQ(put.body, R"({"a":[1,2]})");
    ASSERT_EQ(request("/", R"(,"method":"POST","body":"hi")").outcome, Outcome::kOk);
    EXPECT_EQ(stub_.requests().back().method, "POST");
    EXPECT_EQ(stub_.requests().back().body, "hi");
}

TEST_F(HttpTest, StatusDecidesTheOutcome) {
    EXPECT_EQ(request("/status/404").outcome, Outcome::kTerminal);
    EXPECT_EQ(request("/status/500").outcome, Outcome::kRetryable);
    EXPECT_EQ(request("/status/408").outcome, Outcome::kRetryable);
    const auto busy = request("/status/503");
    EXPECT_EQ(busy.outcome, Outcome::kRateLimited);
    EXPECT_EQ(busy.retry_after, 7s);
    EXPECT_EQ(request("/status/429").retry_after, 30s);
    const auto normal = request("/status/404", R"(,"fail_on_status":false)");
    EXPECT_EQ(normal.outcome, Outcome::kOk);
    EXPECT_THAT(normal.output_json, HasSubstr(R"("status":404)"));
}

TEST_F(HttpTest, RedirectsAreFollowedWithinBounds) {
    EXPECT_THAT(request("/away").output_json, HasSubstr("plain"));
    EXPECT_THAT(request("/away", R"(,"follow_redirects":false)").output_json,
                HasSubstr(R"("status":302)"));
    const auto loop = request("/loop", R"(,"max_redirects":3)");
    EXPECT_EQ(loop.outcome, Outcome::kTerminal);
    EXPECT_THAT(loop.message, HasSubstr("too many redirects"));
    const auto file = request("/file");
    EXPECT_EQ(file.outcome, Outcome::kTerminal);
    EXPECT_THAT(file.message, HasSubstr("only http and https"));
}

TEST_F(HttpTest, ALargeBodyIsRefused) {
    const auto result = request("/big", R"(,"max_bytes":1000)");
    EXPECT_EQ(result.outcome, Outcome::kTerminal);
    EXPECT_THAT(result.message, HasSubstr("max_bytes (1000)"));
    EXPECT_EQ(request("/big", R"(,"max_bytes":2000)").outcome, Outcome::kOk);
}

TEST_F(HttpTest, WrongArgumentsAreNamed) {
    EXPECT_THAT(running_.call("http.request", R"({"url":"file:///etc/passwd"})").message,
                HasSubstr("/url"));
    EXPECT_THAT(request("/", R"(,"json":1,"body":"x")").message, HasSubstr("/body"));
    EXPECT_THAT(request("/", R"(,"headers":{"X":"a\r\nEvil: b"})").message,
                HasSubstr("/headers/X"));
    EXPECT_THAT(request("/", R"(,"hedaers":{})").message, HasSubstr("hedaers"));
    EXPECT_EQ(stub_.requests().size(), 0u);
}

TEST_F(HttpTest, NoServerIsRetryable) {
    std::string gone;
    {
        const SilentServer server;
        gone = server.url();
    }
    EXPECT_EQ(running_.begin(call(gone)).get().outcome, Outcome::kRetryable);
}

TEST_F(HttpTest, ASilentServerTimesOut) {
    const SilentServer server;
    const auto result =
        running_.call("http.request", R"({"url":")" + server.url() + R"(","timeout_seconds":0.1})");
    EXPECT_EQ(result.outcome, Outcome::kRetryable);
    EXPECT_THAT(result.message, HasSubstr("no answer in time"));
}

TEST_F(HttpTest, CancelingEndsTheRequest) {
    const SilentServer server;
    tool::CancelCall cancel;
    auto result = running_.begin(call(server.url()), &cancel);
    const int client = server.accept_one();
    cancel();
    EXPECT_EQ(result.get().outcome, Outcome::kCanceled);
    char rest[1024];
    while (read(client, rest, sizeof rest) > 0) continue;  // Ends: the connection was closed.
    close(client);
}

TEST_F(HttpTest, StoppingEndsTheRequest) {
    const SilentServer server;
    auto result = running_.begin(call(server.url()));
    close(server.accept_one());
    EXPECT_EQ(result.get().outcome, Outcome::kRetryable);
    auto second = running_.begin(call(server.url()));
    const int client = server.accept_one();
    running_.host.stop(std::chrono::steady_clock::now() + 20ms);
    EXPECT_EQ(second.get().outcome, Outcome::kRetryable);
    close(client);
}

TEST_F(HttpTest, PrivateAddressesCanBeDenied) {
    RunningHost guarded;
    guarded.start(PLUGINS_DIR, {{"http", R"({"private_addresses":"deny"})"}});
    for (const std::string& url :
         {stub_.url() + "/",
          "http://localhost:" + stub_.url().substr(stub_.url().rfind(':') + 1) + "/"}) {
        const auto result = guarded.begin(call(url)).get();
        EXPECT_EQ(result.outcome, Outcome::kTerminal);
        EXPECT_THAT(result.message, HasSubstr("private_addresses"));
    }
    EXPECT_EQ(stub_.requests().size(), 0u);
}

TEST_F(HttpTest, AWrongConfigurationIsTheReason) {
    RunningHost wrong;
    wrong.start(PLUGINS_DIR, {{"http", R"({"private_addresses":"maybe"})"}});
    EXPECT_FALSE(wrong.host.load("http").ok());
    EXPECT_THAT(wrong.info("http").reason,
                HasSubstr(R"(/private_addresses must be one of "allow", "deny")"));
}

}  // namespace
}  // namespace ordinaut
