// The names of the enumerations of tasks and runs: one table each.
#include "model/name_table.h"
#include "model/run.h"
#include "model/task.h"

namespace ordinaut {
namespace {

template <class Enum>
constexpr int kNames = 0;  // Every enumeration below has a table in place of this.
template <>
constexpr NameTable<ScheduleKind, 5> kNames<ScheduleKind>{
    {"cron", "rrule", "once", "event", "condition"}};
template <>
constexpr NameTable<TaskStatus, 4> kNames<TaskStatus>{
    {"active", "paused", "canceled", "completed"}};
template <>
constexpr NameTable<Backoff, 3> kNames<Backoff>{{"exponential_jitter", "linear", "fixed"}};
template <>
constexpr NameTable<Overlap, 5> kNames<Overlap>{
    {"skip", "allow", "buffer_one", "buffer_all", "cancel_other"}};
template <>
constexpr NameTable<Misfire, 3> kNames<Misfire>{{"fire_last", "fire_all", "skip"}};
template <>
constexpr NameTable<RunState, 9> kNames<RunState>{{"scheduled", "ready", "running", "retry_wait",
                                                   "succeeded", "failed", "timed_out", "canceled",
                                                   "expired"}};
template <>
constexpr NameTable<RunSource, 7> kNames<RunSource>{
    {"schedule", "manual", "event", "condition", "retry", "replay", "child"}};
template <>
constexpr NameTable<StepState, 7> kNames<StepState>{
    {"pending", "running", "succeeded", "failed", "skipped", "canceled", "unknown"}};

}  // namespace

std::string_view name_of(ScheduleKind value) { return kNames<ScheduleKind>.name(value); }
std::string_view name_of(TaskStatus value) { return kNames<TaskStatus>.name(value); }
std::string_view name_of(Backoff value) { return kNames<Backoff>.name(value); }
std::string_view name_of(Overlap value) { return kNames<Overlap>.name(value); }
std::string_view name_of(Misfire value) { return kNames<Misfire>.name(value); }
std::string_view name_of(RunState value) { return kNames<RunState>.name(value); }
std::string_view name_of(RunSource value) { return kNames<RunSource>.name(value); }
std::string_view name_of(StepState value) { return kNames<StepState>.name(value); }

template <class Enum>
std::optional<Enum> find_name(std::string_view name) {
    return kNames<Enum>.find(name);
}
template std::optional<ScheduleKind> find_name(std::string_view);
template std::optional<TaskStatus> find_name(std::string_view);
template std::optional<Backoff> find_name(std::string_view);
template std::optional<Overlap> find_name(std::string_view);
template std::optional<Misfire> find_name(std::string_view);
template std::optional<RunState> find_name(std::string_view);
template std::optional<RunSource> find_name(std::string_view);
template std::optional<StepState> find_name(std::string_view);

template <class Enum>
Enum from_name(std::string_view name) {
    const auto value = find_name<Enum>(name);
    CHECK(value.has_value());
    return *value;
}
template ScheduleKind from_name(std::string_view);
template TaskStatus from_name(std::string_view);
template Backoff from_name(std::string_view);
template Overlap from_name(std::string_view);
template Misfire from_name(std::string_view);
template RunState from_name(std::string_view);
template RunSource from_name(std::string_view);
template StepState from_name(std::string_view);

}  // namespace ordinaut
