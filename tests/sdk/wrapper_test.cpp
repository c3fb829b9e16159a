// Goal: what ordinaut.hpp promises where it is easy to get wrong: ends that come too early,
// subscriptions that come and go. Method: extensions of the test on the fake host.
#include <gmock/gmock.h>

#include <ordinaut/events.hpp>
#include <ordinaut/ordinaut.hpp>
#include <ordinaut/testing/fake_host.hpp>

namespace {

using namespace ordinaut::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Gives the test what a handler would have.
struct Lender : ordinaut::Extension {
    static inline std::optional<ordinaut::Host> host;
    static inline std::optional<ordinaut::Stream> stream;
    void setup(ordinaut::Setup& s) override {
        host = s.host();
        s.get("/stream", [](ordinaut::Request& r) { stream = r.stream(); });
    }
    void stop() override { stream.reset(), host.reset(); }
};

ordinaut::EventPolicy with_group(const std::string& group) {
    ordinaut::EventPolicy policy;
    policy.group = group;
    return policy;
}

class Wrapper : public ::testing::Test {
protected:
    Wrapper() { EXPECT_EQ(fake_.start(), ORD_OK); }
    ~Wrapper() override {
        fake_.stop();
        EXPECT_THAT(fake_.violations(), IsEmpty());
    }
    const ord_extension_v1 descriptor_ = ordinaut::boundary::describe<Lender>("lender", "1.0.0", 4);
    FakeHost fake_{{}, &descriptor_};
};

TEST_F(Wrapper, WhoAsksAfterTheClientLeftIsToldAtOnce) {
    const auto call = fake_.begin_http("GET", "/stream");
    call.leave();
    int told = 0;
    Lender::stream->on_gone([&] { ++told; });
    EXPECT_EQ(told, 1);
    EXPECT_EQ(Lender::stream->write("x"), ordinaut::Written::kGone);
}

TEST_F(Wrapper, WhoAskedBeforeIsToldOnce) {
    const auto call = fake_.begin_http("GET", "/stream");
    int told = 0;
    Lender::stream->on_gone([&] { ++told; });
    EXPECT_EQ(told, 0);
    call.leave();
    fake_.settle();
    EXPECT_EQ(told, 1);
}

TEST_F(Wrapper, TheEndOfTheExtensionsOwnIsNoLeaving) {
    const auto call = fake_.begin_http("GET", "/stream");
    Lender::stream->end();
    int told = 0;
    Lender::stream->on_gone([&] { ++told; });
    EXPECT_EQ(told, 0);
}

TEST_F(Wrapper, SubscriptionsComeAndGoAtAnyTime) {
    std::vector<std::string> seen;
    const auto first = Lender::host->subscribe(
        "n", "a.*", with_group("g"), [&](auto& event) { seen.emplace_back(event.topic()); });
    const auto onlooker = Lender::host->subscribe("n", "#", with_group(""),
                                                  [&](auto&) { seen.emplace_back("seen"); });
    EventOptions in_n;
    in_n.ns = "n";
    for (const auto& call : fake_.deliver("a.b", "1", in_n)) EXPECT_TRUE(call.wait().ok());
    EXPECT_THAT(seen, ElementsAre("a.b", "seen"));
    Lender::host->unsubscribe(first);
    Lender::host->unsubscribe(first);  // Nothing happens.
    for (const auto& call : fake_.deliver("a.b", "1", in_n)) EXPECT_TRUE(call.wait().ok());
    EXPECT_THAT(seen, ElementsAre("a.b", "seen", "seen"));
    Lender::host->unsubscribe(onlooker);
    EXPECT_THAT(fake_.deliver("a.b", "1", in_n), IsEmpty());
}

TEST_F(Wrapper, ARefusedSubscriptionThrows) {
    try {
        Lender::host->subscribe("n", "not a topic", {}, [](ordinaut::Event&) {});
        FAIL();
    } catch (const ordinaut::CallError& error) {
        EXPECT_EQ(error.status, ORD_E_INVALID);
    }
}

}  // namespace
