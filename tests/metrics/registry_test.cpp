#include "metrics/registry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>

namespace ordinaut::metrics {
namespace {

TEST(Registry, GivesOneSeriesPerNameAndLabels) {
    Registry registry;
    Counter& ok = registry.counter("runs_total", "Runs.", {{"status", "ok"}, {"kind", "cron"}});
    EXPECT_EQ(&registry.counter("runs_total", "Runs.", {{"kind", "cron"}, {"status", "ok"}}), &ok);
    EXPECT_NE(&registry.counter("runs_total", "Runs.", {{"status", "failed"}, {"kind", "cron"}}),
              &ok);
    EXPECT_NE(&registry.counter("runs_total", "Runs."), &ok);
}

TEST(Registry, ShowsEverythingInOrder) {
    Registry registry;
    registry.gauge("depth", "How deep.").set(2.5);
    registry.gauge("depth", "How deep.").add(-1);
    registry.counter("calls_total", "Calls.", {{"route", "/b"}}).add(2);
    registry.counter("calls_total", "Calls.", {{"route", "/a"}}).add();
    registry.histogram("seconds", "How long.").observe(0.2);
    const auto families = registry.snapshot();
    ASSERT_EQ(families.size(), 3u);
    EXPECT_EQ(families[0].name, "calls_total");
    EXPECT_EQ(families[0].help, "Calls.");
    EXPECT_EQ(families[0].kind, Kind::kCounter);
    ASSERT_EQ(families[0].samples.size(), 2u);
    EXPECT_EQ(families[0].samples[0].labels, (Labels{{"route", "/a"}}));
    EXPECT_EQ(families[0].samples[1].value, 2);
    EXPECT_EQ(families[1].samples[0].value, 1.5);
    EXPECT_EQ(families[2].kind, Kind::kHistogram);
    EXPECT_EQ(families[2].samples[0].histogram.count, 1u);
}

TEST(Histogram, PutsBoundsIntoTheirOwnBucket) {
    Histogram histogram;
    for (const double seconds : {0.0, 0.001, 0.0011, 300.0, 300.1, -1.0, std::nan("")})
        histogram.observe(seconds);
    const auto reading = histogram.read();
    EXPECT_EQ(reading.buckets[0], 4u);  // 0, the bound itself, and what is no duration.
    EXPECT_EQ(reading.buckets[1], 1u);
    EXPECT_EQ(reading.buckets[Histogram::kBounds.size() - 1], 1u);
    EXPECT_EQ(reading.buckets.back(), 1u);
    EXPECT_EQ(reading.count, 7u);
    EXPECT_DOUBLE_EQ(reading.sum, 600.1021);
}

// Goal: labels from outside cannot eat the memory.
TEST(Registry, BoundsTheSeriesOfAName) {
    Registry registry;
    for (size_t i = 0; i < 2 * Registry::kSeriesMax; ++i)
        registry.counter("calls_total", "Calls.", {{"route", std::to_string(i)}}).add();
    const auto families = registry.snapshot();
    ASSERT_EQ(families[0].samples.size(), Registry::kSeriesMax + 1);
    EXPECT_EQ(families[0].samples.back().labels, (Labels{{"route", "other"}}));
    EXPECT_EQ(families[0].samples.back().value, static_cast<double>(Registry::kSeriesMax));
}

TEST(Registry, LosesNothingUnderThreads) {
    Registry registry;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&registry] {
            for (int i = 0; i < 5000; ++i) {
                registry.counter("calls_total", "Calls.").add();
                registry.gauge("depth", "Depth.").add(1);
                registry.histogram("seconds", "Seconds.").observe(0.5);
                if (i % 500 == 0) registry.snapshot();
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(registry.counter("calls_total", "").value(), 20'000u);
    EXPECT_EQ(registry.gauge("depth", "").value(), 20'000);
    EXPECT_EQ(registry.histogram("seconds", "").read().sum, 10'000);
}

TEST(Registry, AFamilyFromOutsideKeepsItsShape) {
    Registry registry;
    const FamilySpec spec{"sizes", "Sizes.", Kind::kHistogram, {"colour"}, {1, 10}, 2};
    ASSERT_TRUE(registry.define(spec).ok());
    EXPECT_TRUE(registry.define(spec).ok());
    FamilySpec other = spec;
    other.bounds = {1, 20};
    EXPECT_EQ(registry.define(other).error().code, ErrorCode::kConflict);
    other.kind = Kind::kGauge;
    EXPECT_EQ(registry.define(other).error().code, ErrorCode::kConflict);
    other = spec;
    other.labels = {"shape"};
    EXPECT_EQ(registry.define(other).error().code, ErrorCode::kConflict);
    for (const auto* colour : {"red", "green", "blue"})
        registry.histogram("sizes", "", {{"colour", colour}}).observe(5);
    const auto families = registry.snapshot();
    ASSERT_EQ(families.size(), 1u);
    EXPECT_EQ(families[0].bounds, (std::vector<double>{1, 10}));
    ASSERT_EQ(families[0].samples.size(), 3u);  // Two, and "other".
    EXPECT_EQ(families[0].samples[0].histogram.buckets, (std::vector<uint64_t>{0, 1, 0}));
}

TEST(RegistryDeathTest, RefusesNamesThatMeanTwoThings) {
    Registry registry;
    registry.counter("x", "");
    EXPECT_DEATH(registry.gauge("x", ""), "is_free_for");
    EXPECT_DEATH(registry.counter("1x", ""), "is_name");
    EXPECT_DEATH(registry.counter("y", "", {{"a-b", "1"}}), "is_name");
}

}  // namespace
}  // namespace ordinaut::metrics
