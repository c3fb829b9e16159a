// Goal: the examples do what they say, and the fake host plays each part of the ABI. Method: the
// built examples, on the fake host.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ordinaut/testing/fake_host.hpp>

namespace {

using namespace std::chrono_literals;
using namespace ordinaut::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ord_extension_v1* example(const std::string& id) {
    std::string why;
    const auto* descriptor = load(std::string(EXAMPLES_DIR) + "/" + id + "/lib" + id + ".so", &why);
    EXPECT_NE(descriptor, nullptr) << why;
    return descriptor;
}

// Started, and without a fault at the end.
class Running {
public:
    explicit Running(const std::string& id, Options options = {})
        : host(std::move(options), example(id)) {
        EXPECT_EQ(host.start(), ORD_OK);
    }
    ~Running() {
        host.stop();
        EXPECT_THAT(host.violations(), IsEmpty());
    }
    FakeHost host;
};

TEST(Greeter, GreetsAsAToolAndOnAPage) {
    Running greeter("greeter");
    EXPECT_EQ(greeter.host.call("greet", R"({"name":"Ada"})").json, R"({"text":"Hello Ada"})");
    EXPECT_EQ(greeter.host.call("greet", "{}").status, ORD_E_INVALID);
    const auto page = greeter.host.http("GET", "/hello");
    EXPECT_EQ(page.status, 200u);
    EXPECT_EQ(page.header("content-type"), "application/json");
    EXPECT_EQ(page.body, R"({"message":"Hello from my extension!"})");
    EXPECT_EQ(greeter.host.http("GET", "/nowhere").status, 404u);
}

TEST(Items, AreMadeFoundAndRemoved) {
    Running items("items");
    EXPECT_EQ(items.host.http("POST", "/items", {{}, R"({"name":"cup"})", {}}).body,
              R"({"id":"1"})");
    EXPECT_EQ(items.host.http("GET", "/items/1").body, R"({"id":"1","name":"cup"})");
    EXPECT_NE(items.host.http("POST", "/items", {{}, "{", {}}).status, 201u);
    EXPECT_THAT(items.host.http("POST", "/items", {{}, R"({"name":1})", {}}).body,
                HasSubstr("/name: must be a string"));
    EXPECT_EQ(items.host.http("GET", "/items").body, R"({"items":[{"id":"1","name":"cup"}]})");
    EXPECT_EQ(items.host.http("DELETE", "/items/1").status, 204u);
    EXPECT_THAT(items.host.http("GET", "/items/1").body, HasSubstr("there is no item '1'"));
    EXPECT_EQ(items.host.http("GET", "/echo/a/b%20c?q=x%26y").body,
              R"({"rest":"a/b c","query":"x&y"})");
}

TEST(Ticker, TicksWithTheHostsClock) {
    Running ticker("ticker");
    const auto stream = ticker.host.begin_http("GET", "/ticks?count=3");
    EXPECT_EQ(stream.http().header("content-type"), "text/event-stream");
    EXPECT_EQ(stream.http().body, "id: 1\nevent: tick\ndata: 1\n\n");
    ticker.host.advance(999ms);
    EXPECT_FALSE(stream.ended());
    ticker.host.advance(1001ms);
    EXPECT_TRUE(stream.wait().ok());
    EXPECT_THAT(stream.http().body, HasSubstr("data: 3"));
}

TEST(Ticker, StopsWhenTheReaderLeaves) {
    Running ticker("ticker");
    const auto stream = ticker.host.begin_http("GET", "/ticks");
    stream.leave();
    ticker.host.advance(10s);
    EXPECT_THAT(stream.http().body, ::testing::Not(HasSubstr("data: 2")));
    EXPECT_TRUE(stream.ended());
}

TEST(SlowCopy, AnswersFromItsOwnThread) {
    Running copy("slow_copy");
    EXPECT_EQ(copy.host.call("copy", R"({"steps":5})").json, R"({"copied":5})");
    const auto call = copy.host.begin("copy", R"({"steps":1000000000000})");
    call.cancel();
    EXPECT_EQ(call.wait().status, ORD_E_CANCELED);
}

TEST(SlowCopy, EndsAtItsDeadline) {
    Running copy("slow_copy");
    CallOptions options;
    options.timeout = 5s;
    const auto call = copy.host.begin("copy", R"({"steps":1000000000000})", options);
    copy.host.advance(5s);
    EXPECT_EQ(call.wait().status, ORD_E_DEADLINE);
}

TEST(Planner, AsksTheServerForTheCaller) {
    Running planner("planner");
    planner.host.on_operation("tasks.create", [](const std::string&) {
        return Reply{ORD_OK, R"({"id":"t-1"})"};
    });
    const auto call = planner.host.begin("remind", R"({"at":"2026-06-01T08:00:00Z","text":"tea"})");
    EXPECT_EQ(call.wait().json, R"({"task_id":"t-1"})");
    ASSERT_EQ(planner.host.operations_called().size(), 1u);
    EXPECT_EQ(planner.host.operations_called()[0].inv, call.inv());
    EXPECT_THAT(planner.host.operations_called()[0].input_json,
                HasSubstr("\"schedule_kind\":\"once\""));
}

TEST(Planner, PassesARefusalOn) {
    Running planner("planner");
    planner.host.on_operation("tasks.create", [](const std::string&) {
        return Reply{ORD_E_DENIED, {}, "tasks:write is missing"};
    });
    const auto answer =
        planner.host.call("remind", R"({"at":"2026-06-01T08:00:00Z","text":"tea"})");
    EXPECT_EQ(answer.status, ORD_E_DENIED);
    EXPECT_EQ(answer.message, "the task was not created: tasks:write is missing");
}

TEST(EventCounter, CountsAcknowledgesAndPublishes) {
    Running counter("event_counter");
    for (int n = 0; n < 10; ++n)
        for (const auto& delivery : counter.host.deliver("door.front", "{}"))
            EXPECT_TRUE(delivery.wait().ok());
    EXPECT_THAT(counter.host.deliver("window.front", "{}"), IsEmpty());
    EXPECT_EQ(counter.host.metric("opened_total"), 10);
    ASSERT_EQ(counter.host.published().size(), 1u);
    EXPECT_EQ(counter.host.published()[0].topic, "doors.tenth");
    EXPECT_EQ(counter.host.published()[0].payload_json, R"({"count":10})");
}

TEST(EventCounter, SaysWhenAnEventIsNotStored) {
    Running counter("event_counter");
    counter.host.fail_next("events.publish", ORD_E_RETRYABLE);
    for (int n = 0; n < 10; ++n) counter.host.deliver("door.front", "{}");
    counter.host.settle();
    EXPECT_TRUE(counter.host.logged("doors.tenth was not stored"));
}

TEST(Poller, PollsOnTheHostsClockAndStopsAtOnce) {
    Running poller("poller");
    EXPECT_EQ(poller.host.task("poll").state, TaskState::kRunning);
    EXPECT_FALSE(poller.host.logged("polled a hundred times"));
    poller.host.advance(1000s);
    EXPECT_TRUE(poller.host.logged("polled a hundred times"));
    poller.host.quiesce();
    EXPECT_EQ(poller.host.task("poll").state, TaskState::kEnded);
}

TEST(Site, HasNothingToDo) { Running site("site"); }

TEST(FakeHost, RefusesWhatIsNotGranted) {
    Options options;
    options.denied = {"TOOLS"};
    FakeHost host(options, example("greeter"));
    EXPECT_EQ(host.start(), ORD_E_DENIED);
    EXPECT_TRUE(host.logged("TOOLS"));
}
TEST(FakeHost, MakesRoomInAStream) {
    Options options;
    options.http_window = 10;
    Running ticker("ticker", options);
    const auto stream = ticker.host.begin_http("GET", "/ticks");
    ticker.host.advance(1s);
    EXPECT_THAT(stream.http().body, ::testing::Not(HasSubstr("data: 2")));
    stream.read_all();
    stream.leave();
}
TEST(FakeHost, WithoutAnExtensionSaysSo) { EXPECT_THROW(FakeHost(Options{}), std::runtime_error); }
TEST(FakeHost, ScansJson) {
    for (const char* good :
         {"{}", "[1,2.5e-3,-0]", R"("\u00e9\n")", " null ", R"({"a":{"b":[true]}})"})
        EXPECT_TRUE(JsonScan::valid(good)) << good;
    for (const char* bad : {"", "{", "[1,]", "01", "\"\t\"", "{\"a\" 1}", "nul", "1 2", R"("\x")"})
        EXPECT_FALSE(JsonScan::valid(bad)) << bad;
    EXPECT_FALSE(JsonScan::valid(std::string(1000, '[') + std::string(1000, ']')));
    EXPECT_EQ(JsonScan::member(R"({"x":{"a":1},"a":[2, 3]})", "a"), "[2, 3]");
    EXPECT_EQ(JsonScan::member(R"({"x":1})", "a"), std::nullopt);
}

}  // namespace
