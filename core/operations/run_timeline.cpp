// Runs summed up by stretches of time, for charts.
#include <algorithm>
#include <array>
#include <cmath>

#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/run_counts.h"

namespace ordinaut::operations {
namespace {
using namespace std::chrono;

// All divide a day. As the schema has them.
constexpr std::array kBuckets = {10s,   30s,    60s,    300s,   900s,  1800s,
                                 3600s, 10800s, 21600s, 43200s, 86400s};
constexpr int64_t kBucketsMax = 1000;
// Chosen by the server: so many still can be told apart in a chart.
constexpr int64_t kBucketsWished = 120;

// In whole buckets.
struct Span {
    WallTime from, to;
    seconds bucket;

    int64_t buckets() const { return (to - from) / bucket; }
};

Span widened(WallTime start, WallTime end, seconds bucket) {
    const auto down = [&](WallTime time) {
        const microseconds since = time.time_since_epoch(), rest = since % bucket;
        return WallTime(since - rest - (rest < 0s ? bucket : 0s));
    };
    return {down(start), down(end - 1us) + bucket, bucket};
}

Result<Span> span_of(const Call& call, WallTime start, WallTime end) {
    const seconds asked(integer_of(call, "bucket_seconds", 0));
    const auto shortest = [&](int64_t most) {
        return std::find_if(kBuckets.begin(), kBuckets.end(), [&](seconds bucket) {
            return widened(start, end, bucket).buckets() <= most;
        });
    };
    const auto possible = shortest(kBucketsMax), wished = shortest(kBucketsWished);
    if (possible == kBuckets.end())
        return invalid("/start_time", "the span is longer than " + std::to_string(kBucketsMax) +
                                          " days; take a later start_time or an earlier end_time");
    if (asked == 0s) return widened(start, end, wished == kBuckets.end() ? 86400s : *wished);
    const Span span = widened(start, end, asked);
    if (span.buckets() > kBucketsMax)
        return invalid("/bucket_seconds",
                       "gives " + std::to_string(span.buckets()) + " buckets, at most " +
                           std::to_string(kBucketsMax) + " are allowed; take " +
                           std::to_string(possible->count()) + " or more, or a shorter span");
    return span;
}

// To the microsecond, as the times are it was computed of.
std::optional<double> rounded(std::optional<double> value) {
    if (value) value = std::round(*value * 1e6) / 1e6;
    return value;
}

void write_spread(JsonWriter& writer, const std::string& name, const store::Spread& spread) {
    optional_number(writer, name + "_p50", rounded(spread.p50));
    optional_number(writer, name + "_p95", rounded(spread.p95));
    optional_number(writer, name + "_p99", rounded(spread.p99));
    optional_number(writer, name + "_max", rounded(spread.max));
}

std::string timeline_json(const store::TimelineQuery& query, const store::RunTimeline& timeline) {
    JsonWriter writer;
    writer.begin_object()
        .field("start_time", format_time(query.from))
        .field("end_time", format_time(query.to))
        .field("bucket_seconds", int64_t{query.bucket.count()});
    if (timeline.counted_since)
        writer.field("counted_since", format_time(*timeline.counted_since));
    else
        writer.key("counted_since").null();
    store::TimelineBucket all;
    for (const auto& bucket : timeline.buckets) {
        all.total += bucket.total;
        all.succeeded += bucket.succeeded;
        all.failed += bucket.failed;
        all.canceled += bucket.canceled;
        all.other += bucket.other;
        all.live += bucket.live;
    }
    write_outcomes(writer, all);
    writer.key("items").begin_array();
    for (const auto& bucket : timeline.buckets) {
        writer.begin_object().field("at", format_time(bucket.at));
        write_outcomes(writer, bucket);
        write_spread(writer, "lateness_seconds", bucket.lateness_seconds);
        write_spread(writer, "duration_seconds", bucket.duration_seconds);
        writer.end_object();
    }
    return writer.end_array().end_object().take();
}

}  // namespace

Result<Reply> run_timeline(Services& services, const Call& call) {
    store::TimelineQuery query;
    const WallTime end = TRY(time_of(call, "end_time")).value_or(services.clock.wall_now());
    const WallTime start = TRY(time_of(call, "start_time")).value_or(end - 24h);
    if (start >= end)
        return invalid("/start_time", "must be before end_time, which is " + format_time(end));
    const Span span = TRY(span_of(call, start, end));
    query.from = span.from;
    query.to = span.to;
    query.bucket = span.bucket;
    query.owner = owner(call);
    if (find(call.input, "task_id") != nullptr) {
        query.task_id = id_of(call, "task_id");
        TRY(services.stores.tasks.get(*query.task_id, query.owner));
    }
    return Reply{.body_json = timeline_json(query, TRY(services.stores.runs.timeline(query)))};
}

}  // namespace ordinaut::operations
