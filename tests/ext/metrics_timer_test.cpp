// Goal: what an extension counts is exported under its name, and its timers fire. Method: a real
// library.
#include <gmock/gmock.h>

#include "ext/extension_metrics.h"
#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using tool::Outcome;

class MeterTest : public ::testing::Test {
protected:
    MeterTest() : running_(seams()) {
        running_.start(USES_DIR);
        EXPECT_TRUE(running_.host.load("meter").ok()) << running_.info("meter").reason;
    }
    ext::Seams seams() {
        ext::Seams seams;
        seams.metrics = &registry_;
        return seams;
    }
    const metrics::Family* family(const std::string& name) {
        families_ = registry_.snapshot();
        for (const auto& family : families_)
            if (family.name == name) return &family;
        return nullptr;
    }
    metrics::Registry registry_;
    std::vector<metrics::Family> families_;
    RunningHost running_;
};

TEST_F(MeterTest, WhatItCountsIsExportedUnderItsName) {
    ASSERT_EQ(running_.call("meter.count", R"({"n": 20.5, "colour": "red"})").outcome,
              Outcome::kOk);
    ASSERT_EQ(running_.call("meter.count", R"({"n": 1, "colour": "red"})").outcome, Outcome::kOk);
    const auto* items = family("ordinaut_ext_meter_items_total");
    ASSERT_NE(items, nullptr);
    ASSERT_EQ(items->samples.size(), 1u);
    EXPECT_EQ(items->samples[0].labels, (metrics::Labels{{"colour", "red"}}));
    EXPECT_EQ(items->samples[0].value, 21.5);
    EXPECT_EQ(family("ordinaut_ext_meter_level")->samples[0].value, 1);
    EXPECT_EQ(family("ordinaut_ext_meter_size_bytes")->samples[0].histogram.buckets,
              (std::vector<uint64_t>{1, 1, 0}));
}

TEST_F(MeterTest, LabelValuesAreBoundedAndItIsSaid) {
    ASSERT_EQ(running_.call("meter.many", "{}").outcome, Outcome::kOk);
    const auto* items = family("ordinaut_ext_meter_items_total");
    ASSERT_EQ(items->samples.size(), 201u);
    EXPECT_EQ(items->samples.back().value, 100);
    EXPECT_THAT(running_.info("meter").warnings, Contains(HasSubstr("more than 200 combinations")));
}

TEST_F(MeterTest, ANameMeansOneThing) {
    const auto result = running_.call("meter.redefine", "{}");
    EXPECT_EQ(result.message, "metric 'items_total' is refused (status 5)");
}

TEST(ExtensionMetricsTest, TheSameMetricDefinedAgainIsTheSameHandle) {
    metrics::Registry registry;
    ext::ExtensionMetrics metrics(&registry, "meter");
    ext::MetricShape shape;
    shape.name = "items_total";
    shape.help = "Items.";
    const auto first = metrics.define(shape), again = metrics.define(shape);
    ASSERT_TRUE(first.ok() && again.ok());
    EXPECT_EQ(*first, *again);
}

TEST_F(MeterTest, ANegativeCountChangesNothing) {
    ASSERT_EQ(running_.call("meter.count", R"({"n": 2, "colour": "red"})").outcome, Outcome::kOk);
    ASSERT_EQ(running_.call("meter.count", R"({"n": -1, "colour": "red"})").outcome, Outcome::kOk);
    EXPECT_EQ(family("ordinaut_ext_meter_items_total")->samples[0].value, 2);
}

TEST_F(MeterTest, ExportersReadTheWholeProcess) {
    registry_.counter("host_total", "Of the host.").add(3);
    registry_.histogram("host_seconds", "Of the host.").observe(0.2);
    const auto json = parse_json(running_.call("meter.collect", "{}").output_json);
    ASSERT_TRUE(json.ok());
    bool seen = false;
    for (const auto& given : json->GetArray()) {
        if (string_or(given, "name", "") == "host_total") {
            seen = true;
            EXPECT_EQ(
                to_json(given),
                R"({"name":"host_total","kind":"counter","help":"Of the host.","samples":[{"labels":{},"value":3.0}]})");
        }
        if (string_or(given, "name", "") != "host_seconds") continue;
        const JsonValue& sample = (*find(given, "samples"))[0];
        EXPECT_EQ(find(sample, "count")->GetInt(), 1);
        EXPECT_EQ(to_json((*find(sample, "buckets"))[6]), "[0.1,0]");
        EXPECT_EQ(to_json((*find(sample, "buckets"))[7]), "[0.25,1]");
    }
    EXPECT_TRUE(seen);
}

TEST_F(MeterTest, CountsGoOnAfterAReload) {
    ASSERT_EQ(running_.call("meter.count", R"({"n": 2, "colour": "red"})").outcome, Outcome::kOk);
    ASSERT_TRUE(running_.host.disable("meter").ok());
    ASSERT_TRUE(running_.host.enable("meter").ok());
    ASSERT_TRUE(running_.host.load("meter").ok());
    ASSERT_EQ(running_.call("meter.count", R"({"n": 1, "colour": "red"})").outcome, Outcome::kOk);
    EXPECT_EQ(family("ordinaut_ext_meter_items_total")->samples[0].value, 3);
}

TEST_F(MeterTest, TimersFireAndCanBeTakenBack) {
    EXPECT_EQ(running_.call("meter.wait", R"({"ms": 1})").output_json, R"({"status":0})");
    EXPECT_EQ(running_.call("meter.wait", R"({"ms": 3600000, "cancel": true})").output_json,
              R"({"status":6})");
}

TEST_F(MeterTest, ATimerOutlivesNobody) {
    auto waiting = running_.begin([] {
        tool::ToolCall call;
        call.name = "meter.wait";
        call.input_json = R"({"ms": 3600000})";
        return call;
    }());
    running_.host.stop(std::chrono::steady_clock::now());
    EXPECT_EQ(waiting.get().outcome, Outcome::kRetryable);
}

TEST_F(MeterTest, TheClockIsTheHosts) {
    const auto before = std::chrono::duration_cast<std::chrono::seconds>(
                            SystemClock().wall_now().time_since_epoch())
                            .count();
    const auto json = parse_json(running_.call("meter.now", "{}").output_json);
    ASSERT_TRUE(json.ok());
    EXPECT_GE(find(*json, "s")->GetInt64(), before);
}

}  // namespace
}  // namespace ordinaut
