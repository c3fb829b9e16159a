#include "auth/token.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/support/result_matchers.h"

namespace ordinaut::auth {
namespace {

using namespace std::chrono_literals;

constexpr const char* kAgent = "0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";
const std::string kKey(32, 'k');
constexpr long kNow = 1'772'352'000;

std::string base64url(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<size_t>(size));
    while (!text.empty() && text.back() == '=') text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

// A token as somebody else would make it, independent of the library under test.
std::string forged(std::string_view header, std::string_view payload, const std::string& key,
                   const EVP_MD* digest = EVP_sha256()) {
    const std::string head = base64url(header) + "." + base64url(payload);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(head.data()), head.size(), mac, &size);
    return head + "." + base64url({reinterpret_cast<const char*>(mac), size});
}

std::string payload(std::string_view changed = "", std::string_view to = "") {
    std::string text =
        R"({"iss":"ordinaut","aud":"ordinaut-api","sub":"0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10","iat":1772352000,)"
        R"("iat_us":1772352000000000,"nbf":1772352000,"exp":1772352900})";
    if (!changed.empty()) text.replace(text.find(changed), changed.size(), to);
    return text;
}

constexpr const char* kHs256 = R"({"alg":"HS256","typ":"JWT"})";

class TokenTest : public ::testing::Test {
protected:
    TokenSigner signer(const std::string& key = kKey) {
        auto made = TokenSigner::create(key, clock_);
        EXPECT_OK(made);
        return std::move(*made);
    }
    std::string refusal(std::string_view token) {
        const auto claims = signer().verify(token);
        if (claims.ok()) return "";
        EXPECT_EQ(claims.error().code, ErrorCode::kUnauthenticated);
        return claims.error().message;
    }
    ManualClock clock_{WallTime(std::chrono::seconds(kNow))};
};

TEST_F(TokenTest, VerifiesWhatItSigned) {
    clock_.advance(1234us);
    const auto claims = signer().verify(signer().sign(kAgent));
    ASSERT_OK(claims);
    EXPECT_EQ(claims->agent_id, kAgent);
    EXPECT_EQ(claims->issued_at, clock_.wall_now());
    EXPECT_EQ(claims->expires_at, WallTime(std::chrono::seconds(kNow)) + kAccessTokenLives);
    EXPECT_NE(signer().sign(kAgent), signer().sign(kAgent));
    EXPECT_EQ(refusal(forged(kHs256, payload(), kKey)),
              "");  // What follows fails for the reason it tests.
}

TEST_F(TokenTest, NeedsALongKey) {
    EXPECT_EQ(TokenSigner::create("", clock_).error().code, ErrorCode::kInvalid);
    EXPECT_EQ(TokenSigner::create(std::string(31, 'k'), clock_).error().code, ErrorCode::kInvalid);
}

// Goal: no token is believed for what its own header says.
TEST_F(TokenTest, PinsTheAlgorithm) {
    for (const auto* header : {R"({"alg":"none"})", R"({"alg":"none","typ":"JWT"})",
                               R"({"alg":"None"})", R"({"typ":"JWT"})", R"({})"}) {
        const std::string head = base64url(header) + "." + base64url(payload());
        for (const std::string tail : {".", "", ".AAAA"})
            EXPECT_NE(refusal(head + tail), "") << header << tail;
        EXPECT_NE(refusal(forged(header, payload(), kKey)), "") << header;
    }
    EXPECT_NE(refusal(forged(R"({"alg":"HS512","typ":"JWT"})", payload(), kKey, EVP_sha512())), "");
    EXPECT_NE(refusal(forged(R"({"alg":"HS384","typ":"JWT"})", payload(), kKey, EVP_sha384())), "");
    EXPECT_NE(refusal(forged(R"({"alg":"RS256","typ":"JWT"})", payload(), kKey)), "");
    EXPECT_NE(refusal(forged(R"({"alg":"ES256","typ":"JWT"})", payload(), kKey)), "");
}

TEST_F(TokenTest, RefusesAnotherKeysTokens) {
    EXPECT_NE(refusal(forged(kHs256, payload(), std::string(32, 'x'))), "");
    EXPECT_NE(refusal(forged(kHs256, payload(), "")), "");
    EXPECT_NE(refusal(signer(std::string(40, 'k')).sign(kAgent)), "");
}

TEST_F(TokenTest, ChecksTheClaims) {
    EXPECT_NE(
        refusal(forged(kHs256, payload("ordinaut-api", "other"), kKey)).find("another service"),
        std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("\"iss\":\"ordinaut\"", "\"iss\":\"x\""), kKey))
                  .find("another service"),
              std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("\"aud\"", "\"aux\""), kKey)).find("another service"),
              std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("0190a6b0", "x"), kKey)).find("no agent"),
              std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("\"exp\"", "\"ext\""), kKey)).find("expired"),
              std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("1772352900", "1772352000"), kKey)).find("expired"),
              std::string::npos);
    EXPECT_NE(refusal(forged(kHs256, payload("\"nbf\":1772352000", "\"nbf\":1772352031"), kKey))
                  .find("not valid yet"),
              std::string::npos);
    EXPECT_EQ(refusal(forged(kHs256, payload("\"nbf\":1772352000", "\"nbf\":1772352030"), kKey)),
              "");  // Another host's clock.
}

TEST_F(TokenTest, ExpiresOnTime) {
    const std::string token = signer().sign(kAgent);
    clock_.advance(kAccessTokenLives - 1us);
    EXPECT_EQ(refusal(token), "");
    clock_.advance(1us);
    EXPECT_NE(refusal(token).find("expired"), std::string::npos);
}

TEST_F(TokenTest, RefusesDamagedTokens) {
    const std::string token = signer().sign(kAgent);
    for (size_t size = 0; size < token.size(); ++size)
        EXPECT_NE(refusal(std::string_view(token).substr(0, size)), "") << size;
    const size_t signature = token.rfind('.');
    for (size_t i = 0; i < signature; ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(refusal(changed), "") << i;
    }
    EXPECT_NE(refusal(token + std::string("\0x", 2)), "");
    EXPECT_NE(refusal(token + ".x"), "");
    EXPECT_NE(refusal(std::string(5'000'000, 'a')), "");
    EXPECT_NE(refusal(std::string(4000, '.')), "");
    EXPECT_NE(refusal(base64url(std::string(2500, '[')) + ".e30.AAAA"), "");
}

}  // namespace
}  // namespace ordinaut::auth
