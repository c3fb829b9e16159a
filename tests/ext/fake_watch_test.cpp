// Goal: an author can test what watches without a server. Method: the built extension on the fake
// host.
#include <gtest/gtest.h>

#include <ordinaut/testing/fake_host.hpp>

namespace {

using ordinaut::testing::FakeHost;

const ord_extension_v1* watcher() {
    std::string why;
    const auto* descriptor = ordinaut::testing::load(USES_DIR "/watcher/libwatcher.so", &why);
    EXPECT_NE(descriptor, nullptr) << why;
    return descriptor;
}

TEST(FakeHostWatch, ChangesComeUntilTheWatchIsCanceled) {
    FakeHost host({}, watcher());
    ASSERT_EQ(host.start(), ORD_OK);
    const auto call = host.begin("begin", R"({"filter":"{\"types\":[\"run.*\"]}"})");
    ASSERT_EQ(host.watches().size(), 1u);
    EXPECT_EQ(host.watches().begin()->second.filter_json, R"({"types":["run.*"]})");
    EXPECT_EQ(host.watches().begin()->second.inv, call.inv());
    host.emit_change(R"({"type":"run.ready"})");
    host.emit_change(R"({"type":"run.failed"})");
    EXPECT_EQ(host.call("seen", "{}").json, R"({"seen":"run.ready, run.failed","count":2})");
    EXPECT_EQ(host.call("cancel", "{}").status, ORD_OK);
    host.settle();
    EXPECT_TRUE(host.watches().empty());
    host.emit_change(R"({"type":"run.ready"})");
    EXPECT_EQ(host.call("seen", "{}").json,
              R"({"seen":"run.ready, run.failed, end 6 canceled","count":3})");
    EXPECT_EQ(host.call("release", "{}").status, ORD_OK);
    host.stop();
    EXPECT_TRUE(host.violations().empty());
}

TEST(FakeHostWatch, ATestCanRefuseItAndEndIt) {
    FakeHost host({}, watcher());
    ASSERT_EQ(host.start(), ORD_OK);
    host.fail_next("core.watch", ORD_E_DENIED, "no scope");
    EXPECT_EQ(host.call("begin", R"({"own":true})").status, ORD_OK);
    host.settle();
    EXPECT_EQ(host.call("seen", "{}").json, R"({"seen":"end 2 no scope","count":1})");
    EXPECT_EQ(host.call("begin", R"({"own":true})").status, ORD_OK);
    host.end_watches(ORD_E_RETRYABLE, "later");
    EXPECT_EQ(host.call("seen", "{}").json, R"({"seen":"end 2 no scope, end 13 later","count":2})");
    const auto call = host.begin("begin", "{}");
    EXPECT_EQ(host.call("release", "{}").status, ORD_OK);
    EXPECT_TRUE(call.ended());
    host.emit_change(R"({"type":"run.ready"})");
    EXPECT_TRUE(host.watches().empty());
    host.stop();
    EXPECT_TRUE(host.violations().empty());
}

}  // namespace
