#include "http/request_reader.h"

#include <gtest/gtest.h>

namespace ordinaut::http {
namespace {

using namespace std::string_literals;
using Outcome = RequestReader::Outcome;

const FramingLimits kLimits;

// The requests in `bytes`, each as "METHOD path body", given whole or in pieces; ends with the
// fault's status, if any.
std::vector<std::string> read_all(std::string_view bytes, size_t piece) {
    RequestReader reader(kLimits);
    std::vector<std::string> found;
    while (!bytes.empty()) {
        reader.append(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (auto outcome = reader.next(); outcome != Outcome::kNeedMore; outcome = reader.next()) {
            if (outcome == Outcome::kFault) {
                found.push_back(std::to_string(reader.fault().status));
                return found;
            }
            const auto request = reader.take();
            found.push_back(request.method + " " + request.target.path + " " + request.body);
        }
    }
    return found;
}

void expect_everywhere(std::string_view bytes, const std::vector<std::string>& expected) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, bytes.size()})
        EXPECT_EQ(read_all(bytes, piece), expected) << "in pieces of " << piece << ": " << bytes;
}

TEST(RequestReader, ReadsRequestsHoweverTheyAreCut) {
    expect_everywhere("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /a "});
    expect_everywhere(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET /b HTTP/1.1\r\nHost: "
        "x\r\n\r\n",
        {"POST /a hello", "GET /b "});
    expect_everywhere(
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n6;name=\"value\"\r\n world\r\n0\r\nTrailer: ignored\r\n\r\nGET /b "
        "HTTP/1.1\r\nHost: x\r\n\r\n",
        {"POST /a hello world", "GET /b "});
    expect_everywhere("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                      {"POST /a "});
    expect_everywhere("\r\nGET /a HTTP/1.0\r\n\r\n", {"GET /a "});
    expect_everywhere("GET http://x/a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", {"GET /a "});
}

TEST(RequestReader, RefusesWhatTwoServersCouldReadDifferently) {
    const std::pair<std::string, const char*> cases[] = {
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nhello", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
         "5\r\n\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x y\r\n\r\n", "400"},
        {"GET / HTTP/1.1\nHost: x\n\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s, "400"},
        {"GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"s, "400"},
        {"GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
        {"GET /\r\n\r\n", "400"},
        {"GET x HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"GE(T / HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
         "413"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-maybe\r\nContent-Length: 5\r\n\r\n", "417"},
    };
    for (const auto& [bytes, status] : cases) {
        const auto last = read_all(bytes, bytes.size());
        ASSERT_FALSE(last.empty()) << bytes;
        EXPECT_STREQ(last.back().c_str(), status) << bytes;
        const auto slowly = read_all(bytes, 1);
        ASSERT_FALSE(slowly.empty()) << bytes;
        EXPECT_STREQ(slowly.back().c_str(), status) << "byte by byte: " << bytes;
    }
}

TEST(RequestReader, BoundsEverySize) {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
    const auto only = [](const std::string& bytes) { return read_all(bytes, 4096).back(); };
    EXPECT_EQ(only(start + "X: " + std::string(40000, 'a') + "\r\n\r\n"), "431");
    EXPECT_EQ(only(start + "X: " + std::string(40000, 'a')), "431")
        << "without waiting for the end";
    EXPECT_EQ(only("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), "414");
    EXPECT_EQ(only("GET /" + std::string(90000, 'a')), "414");
    std::string many = start;
    for (int i = 0; i < 100; ++i) many += "X: y\r\n";
    EXPECT_EQ(only(many + "\r\n"), "431");
    const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(only(chunked + "5;" + std::string(20000, 'a')), "400");
    EXPECT_EQ(only(chunked + "0\r\nX: " + std::string(20000, 'a')), "400");
    const auto trailers = chunked + "0\r\nX: " + std::string(20000, 'a') + "\r\n\r\n";
    EXPECT_EQ(read_all(trailers, trailers.size()).back(), "400") << "also when they come whole";
    EXPECT_EQ(only(chunked + "80000\r\n" + std::string(0x80000, 'a') + "\r\n80001\r\n"), "413")
        << "the sum of the chunks";
}

TEST(RequestReader, TrailersDoNotBecomeHeaders) {
    RequestReader reader(kLimits);
    reader.append(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: "
        "Bearer stolen\r\n\r\n");
    ASSERT_EQ(reader.next(), Outcome::kRequest);
    EXPECT_EQ(reader.take().headers.find("authorization"), nullptr);
}

TEST(RequestReader, KnowsWhoWaitsForContinue) {
    RequestReader reader(kLimits);
    reader.append(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(reader.next(), Outcome::kNeedMore);
    EXPECT_TRUE(reader.take_expects_continue());
    EXPECT_FALSE(reader.take_expects_continue());
    reader.append("ok");
    EXPECT_EQ(reader.next(), Outcome::kRequest);
}

}  // namespace
}  // namespace ordinaut::http
