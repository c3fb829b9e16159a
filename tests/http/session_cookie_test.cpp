// The cookie of a session among others, and its name by the port.
#include "http/session_cookie.h"

#include <gtest/gtest.h>

namespace ordinaut::http {
namespace {

Request request_with(Headers headers) {
    Request request;
    request.headers = std::move(headers);
    return request;
}

TEST(SessionCookieTest, IsNamedByThePortOfTheHost) {
    const auto name = [](const char* host) {
        return SessionCookie::of(request_with({{"Host", host}}), "").name;
    };
    EXPECT_EQ(name("127.0.0.1:8080"), "ordinaut_session_8080");
    EXPECT_EQ(name("[::1]:8081"), "ordinaut_session_8081");
    EXPECT_EQ(name("[::1]"), "ordinaut_session");
    EXPECT_EQ(name("ordinaut.example"), "ordinaut_session");
    EXPECT_EQ(name("host:8;0"), "ordinaut_session") << "what is no port never reaches a header";
    EXPECT_EQ(SessionCookie::of(Request{}, "").name, "ordinaut_session");
}

TEST(SessionCookieTest, IsFoundAmongOthers) {
    const SessionCookie cookie{.name = "s"};
    EXPECT_EQ(cookie.read(request_with({{"Cookie", "a=1; s=x=y;b=2"}})), "x=y");
    EXPECT_EQ(cookie.read(request_with({{"Cookie", "a=1"}, {"cookie", " s=later"}})), "later");
    EXPECT_EQ(cookie.read(request_with({{"Cookie", "ss=1; s; as=2"}})), "");
    EXPECT_EQ(cookie.read(request_with({{"Cookie", ";;=;s=;"}})), "");
    EXPECT_EQ(cookie.read(Request{}), "");
}

TEST(SessionCookieTest, IsSecureWhereTheBrowserSpeaksHttps) {
    EXPECT_TRUE(SessionCookie::of(Request{}, "https://ordinaut.example").secure);
    EXPECT_TRUE(SessionCookie::of(request_with({{"X-Forwarded-Proto", "https"}}), "").secure);
    EXPECT_FALSE(SessionCookie::of(request_with({{"X-Forwarded-Proto", "http"}}), "").secure);
}

}  // namespace
}  // namespace ordinaut::http
