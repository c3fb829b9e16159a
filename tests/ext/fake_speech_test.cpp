// Goal: what an extension in C++ says of its work and of itself reaches the host. Method: built
// extensions on the fake host.
#include <gtest/gtest.h>

#include <ordinaut/testing/fake_host.hpp>

namespace {

using ordinaut::testing::FakeHost;

const ord_extension_v1* built(const std::string& id) {
    std::string why;
    const auto* descriptor = ordinaut::testing::load(USES_DIR "/" + id + "/lib" + id + ".so", &why);
    EXPECT_NE(descriptor, nullptr) << why;
    return descriptor;
}

TEST(FakeHostSpeech, ProgressIsToldWhileTheCallIsOpen) {
    FakeHost host({}, built("speaker"));
    ASSERT_EQ(host.start(), ORD_OK);
    EXPECT_EQ(host.call("work", "{}").status, ORD_OK);
    const auto told = host.progress();
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(told[0].permille, 505u);
    EXPECT_EQ(told[0].message, "halfway there");
    EXPECT_EQ(told[1].permille, 1000u);
    EXPECT_EQ(told[1].message, "");
    host.stop();
}

TEST(FakeHostSpeech, HealthIsAskedOfWhoHasAnAnswer) {
    FakeHost host({}, built("speaker"));
    ASSERT_EQ(host.start(), ORD_OK);
    EXPECT_EQ(host.health().status, ORD_OK);
    EXPECT_EQ(host.call("feel", R"({"ill":true})").status, ORD_OK);
    const auto ill = host.health();
    EXPECT_EQ(ill.status, ORD_E_RETRYABLE);
    EXPECT_EQ(ill.message, "the pump is cold");
    EXPECT_EQ(host.call("feel", R"({"ill":false})").status, ORD_OK);
    EXPECT_EQ(host.health().status, ORD_OK);
    host.stop();
    EXPECT_TRUE(host.violations().empty());
    EXPECT_EQ(built("watcher")->health, nullptr);
}

}  // namespace
