#include "tests/support/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/raw_socket.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class HttpClientTest : public ::testing::Test {
protected:
    void SetUp() override {
        const auto line = server_.wait_for_line("listening on port ", 10s);
        ASSERT_TRUE(line.has_value());
        port_ = static_cast<uint16_t>(std::stoi(line->substr(line->rfind(' ') + 1)));
    }
    Process server_{{.argv = {ECHO_SERVER}}};
    uint16_t port_ = 0;
};

TEST_F(HttpClientTest, SendsMethodHeadersAndBody) {
    HttpClient http("http://127.0.0.1:" + std::to_string(port_));
    http.set_token("abc");
    const auto answer = http.request("PATCH", "/a/../b?c=%20", "{}", {{"X-One", "1"}});
    ASSERT_EQ(answer.status, 200) << answer.error;
    EXPECT_EQ(answer.headers.at("x-kind"), "echo");
    EXPECT_THAT(answer.body, HasSubstr("PATCH /a/../b?c=%20 HTTP/1.1\r\n"));
    EXPECT_THAT(answer.body, HasSubstr("X-One: 1\r\n"));
    EXPECT_THAT(answer.body, HasSubstr("Authorization: Bearer abc\r\n"));
    EXPECT_THAT(answer.body, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(answer.body, HasSubstr("\r\n\r\n{}"));
}

TEST_F(HttpClientTest, NobodyThereIsStatusZeroWithTheReason) {
    HttpClient http("http://127.0.0.1:" + std::to_string(free_port()));
    const auto answer = http.get("/");
    EXPECT_EQ(answer.status, 0);
    EXPECT_NE(answer.error, "");
}

TEST_F(HttpClientTest, ARawSocketReadsAWholeAnswer) {
    RawSocket socket(port_);
    ASSERT_TRUE(socket.send("NONSENSE\r\n\r\n"));
    EXPECT_THAT(socket.read_answer(), HasSubstr("\r\n\r\nNONSENSE\r\n\r\n"));
    EXPECT_EQ(socket.read_to_end(), "");
    EXPECT_TRUE(socket.closed());
}

}  // namespace
}  // namespace ordinaut::testing
