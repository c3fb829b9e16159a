// Goal: an operator changes extensions while the server works, from the command line and over REST,
// and every process follows. Method: the real program, an extension in several versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/e2e/host.h"
#include "tests/ext/version_folder.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRun = "/tools/versioned.run/invoke";

std::string member(HttpClient& http, const std::string& path, const std::string& name) {
    const auto json = parse_json(http.get(path).body);
    const JsonValue* value = json.ok() ? find(*json, name) : nullptr;
    return value == nullptr ? "" : value->IsString() ? std::string(view(*value)) : to_json(*value);
}

std::string version(HttpClient& http) {
    const auto answer = http.post(kRun, "{}");
    const auto json = parse_json(answer.body);
    const JsonValue* value = json.ok() ? find(*json, "version") : nullptr;
    return value == nullptr ? answer.body : to_json(*value);
}

class ExtensionLifecycle : public ::testing::Test {
protected:
    VersionFolder versions_;
    Host host_{{"--ext-paths", versions_.path()}};
    std::unique_ptr<HttpClient> http_ = host_.client();
    const std::string own_ = "/extensions/versioned";
};

// Twenty reloads of other bytes, and callers that never stop.
TEST_F(ExtensionLifecycle, ReloadingUnderLoadLosesNoCall) {
    std::atomic<bool> over{false};
    std::atomic<int> answered{0};
    std::vector<std::string> failures[3];
    std::vector<std::thread> callers;
    for (auto& own : failures)
        callers.emplace_back([&] {
            for (const auto http = host_.client(); !over; ++answered)
                if (const auto answer = http->post(kRun, "{}"); answer.status != 200)
                    own.push_back(answer.body);
        });
    for (int n = 0; n < 20; ++n) {
        versions_.put(1 + n % 3, n);
        const auto reloaded = http_->post(own_ + "/reload", "{}");
        EXPECT_EQ(reloaded.status, 200) << reloaded.body;
        EXPECT_EQ(version(*http_), std::to_string(1 + n % 3));
        for (const int before = answered; answered < before + 10;) std::this_thread::yield();
    }
    over = true;
    for (auto& caller : callers) caller.join();
    for (const auto& own : failures) EXPECT_THAT(own, IsEmpty());
}

TEST_F(ExtensionLifecycle, CodeThatDoesNotStartLeavesTheOldAndSaysWhy) {
    EXPECT_EQ(version(*http_), "1");
    versions_.put(4);
    const auto refused = http_->post(own_ + "/reload", "{}");
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(
        refused.body,
        HasSubstr("version 1.0.0 goes on: versioned: start returned ORD_E_RETRYABLE: no database"));
    EXPECT_EQ(version(*http_), "1");
    EXPECT_THAT(member(*http_, own_, "reason"), HasSubstr("no database"));
}

TEST_F(ExtensionLifecycle, TheCommandLineDoesItAll) {
    EXPECT_THAT(host_.cli({"ext", "list"}).out, HasSubstr("versioned"));
    EXPECT_EQ(*host_.cli({"ext", "load", "versioned"}).exit_code, 0);
    EXPECT_THAT(host_.cli({"ext", "info", "versioned"}).out, HasSubstr("running"));
    versions_.put(2);
    EXPECT_EQ(*host_.cli({"ext", "reload", "versioned"}).exit_code, 0);
    EXPECT_EQ(version(*http_), "2");
    const auto configured = host_.cli({"ext", "configure", "versioned", R"({"greeting":"hi"})"});
    EXPECT_EQ(*configured.exit_code, 0) << configured.err;
    EXPECT_THAT(http_->post(kRun, "{}").body, HasSubstr(R"("config":{"greeting":"hi"})"));
    const auto wrong = host_.cli({"ext", "configure", "versioned", R"({"greetings":"hi"})"});
    EXPECT_EQ(*wrong.exit_code, 1) << wrong.err;
    EXPECT_THAT(wrong.err, HasSubstr("did you mean 'greeting'?"));
    EXPECT_EQ(*host_.cli({"ext", "revoke", "versioned", "TOOLS"}).exit_code, 0);
    EXPECT_EQ(http_->post(kRun, "{}").status, 404);
    const auto granted =
        host_.cli({"ext", "grant", "versioned", "TOOLS", "--scopes", "tasks:read"});
    EXPECT_EQ(*granted.exit_code, 0) << granted.err;
    EXPECT_EQ(version(*http_), "2");
    EXPECT_THAT(http_->get(own_).body, HasSubstr(R"("scopes":["tasks:read"]})"));
    EXPECT_THAT(http_->get("/agents").body, HasSubstr(R"("name":"ext:versioned")"));
    EXPECT_EQ(*host_.cli({"ext", "disable", "versioned"}).exit_code, 0);
    EXPECT_EQ(member(*http_, own_, "state"), "disabled");
    EXPECT_EQ(*host_.cli({"ext", "enable", "versioned"}).exit_code, 0);
    EXPECT_EQ(version(*http_), "2");
    EXPECT_THAT(host_.cli({"ext", "logs", "versioned"}).out, HasSubstr("is disabled"));
    EXPECT_EQ(*host_.cli({"ext", "reload", "nobody"}).exit_code, 3);
}

TEST_F(ExtensionLifecycle, WhatWasDecidedOutlivesTheServer) {
    EXPECT_EQ(http_->put(own_ + "/grants", R"({"capabilities":[]})").status, 200);
    EXPECT_EQ(http_->put(own_ + "/config", R"({"greeting":"still here"})").status, 200);
    host_.kill();
    host_.start();
    http_ = host_.client();
    EXPECT_EQ(member(*http_, own_, "grants"), "[]");
    EXPECT_EQ(member(*http_, own_, "granted_by"), "operator");
    EXPECT_EQ(http_->put(own_ + "/grants", R"({"capabilities":["TOOLS"]})").status, 200);
    EXPECT_THAT(http_->post(kRun, "{}").body, HasSubstr("still here"));
    EXPECT_EQ(http_->put(own_ + "/grants", R"({"capabilities":["TOOL"]})").status, 422);
}

TEST(ExtensionCluster, EveryProcessFollows) {
    const VersionFolder versions;
    Cluster cluster;
    cluster.serve("api", {"--ext-paths", versions.path(), "--ext-policy", "manifest"});
    const auto first = cluster.client();
    cluster.serve("api", {"--ext-paths", versions.path(), "--ext-policy", "manifest"});
    const auto second = cluster.client(cluster.last_url());
    EXPECT_EQ(version(*first), "1");
    EXPECT_EQ(version(*second), "1");
    versions.put(2);
    EXPECT_EQ(first->post("/extensions/versioned/reload", "{}").status, 200);
    EXPECT_TRUE(eventually(30s, [&] { return version(*second) == "2"; }));
    EXPECT_EQ(second->post("/extensions/versioned/disable", "{}").status, 200);
    EXPECT_TRUE(eventually(
        30s, [&] { return member(*first, "/extensions/versioned", "state") == "disabled"; }));
}

}  // namespace
}  // namespace ordinaut::testing
