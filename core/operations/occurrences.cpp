// The account of a task's occurrences: what the schedule expects, beside what was recorded.
#include <set>

#include "operations/answer.h"
#include "operations/handlers.h"
#include "schedule/exclusion_calendar.h"

namespace ordinaut::operations {
namespace {
using namespace std::chrono_literals;

constexpr WallTime::duration kTick{1};

struct Item {
    WallTime at{};
    WallTime last{};  // Of a range.
    int64_t count = 1;
    std::string_view status;
    std::string reason;
    std::optional<Run> run;
};

Item item_of(const Run& run) { return {*run.nominal_at, *run.nominal_at, 1, "run", "", run}; }

struct Period {
    WallTime from, to;
    int limit;
};

Result<Period> period_of(const Call& call, WallTime now) {
    Period period{now - std::chrono::days(7), now + std::chrono::days(7),
                  static_cast<int>(integer_of(call, "limit", 200))};
    for (const auto& [name, place] :
         {std::pair("from", &period.from), std::pair("to", &period.to)}) {
        const std::string text = text_of(call, name);
        if (text.empty()) continue;
        const auto time = parse_time(text);
        if (!time.ok()) return invalid(std::string("/") + name, time.error().message);
        *place = *time;
    }
    if (period.to <= period.from)
        return invalid("/to", "must be after `from`, " + format_time(period.from));
    return period;
}

// What the current generation of the schedule expects in the period and nothing is recorded of.
class Expectation {
public:
    Expectation(const Task& task, const schedule::Schedule& schedule,
                schedule::ExclusionSet exclusions, WallTime now)
        : task_(task),
          schedule_(schedule),
          exclusions_(std::move(exclusions)),
          now_(now),
          cursor_(task.status == TaskStatus::kPaused ? task.paused_cursor : task.next_run_at) {}

    std::vector<Item> items(const Period& period, const store::OccurrenceRecords& records) {
        std::set<WallTime> ran;
        for (const Run& run : records.runs)
            if (run.generation == task_.generation) ran.insert(*run.nominal_at);
        // May lie a little before its task.
        const bool once = task_.schedule_kind == ScheduleKind::kOnce;
        auto at = schedule_.next_after(once ? period.from - kTick
                                            : std::max(task_.schedule_since, period.from - kTick));
        auto skip = records.skips.begin();
        std::vector<Item> found;
        while (at && *at < period.to && found.size() <= static_cast<size_t>(period.limit) &&
               !is_over(*at)) {
            while (skip != records.skips.end() &&
                   (skip->last < *at || skip->generation != task_.generation))
                ++skip;
            if (skip != records.skips.end() && skip->first <= *at) {
                at = schedule_.next_after(skip->last);
                continue;
            }
            if (!ran.count(*at)) found.push_back(judge(*at));
            at = schedule_.next_after(*at);
        }
        add_snoozed(period, found);
        return found;
    }

private:
    // Nothing is expected of a task that has ended, from then on.
    bool is_over(WallTime at) const {
        return (task_.status == TaskStatus::kCanceled || task_.status == TaskStatus::kCompleted) &&
               at > task_.updated_at;
    }

    Item judge(WallTime at) {
        Item item{at, at, 1, "unrecorded", "", {}};
        if (!cursor_ || at < *cursor_) return item;
        if (task_.status == TaskStatus::kPaused) {
            item.status = "not_run";
            item.reason = "skipped(paused)";
        } else if (item.reason = exclusions_.reason(at); !item.reason.empty()) {
            item.status = "not_run";
        } else {
            item.status = at <= now_ ? "due" : "expected";
        }
        return item;
    }

    void add_snoozed(const Period& period, std::vector<Item>& found) const {
        if (task_.status != TaskStatus::kActive || !cursor_ || *cursor_ < period.from ||
            *cursor_ >= period.to)
            return;
        if (std::any_of(found.begin(), found.end(),
                        [&](const Item& item) { return item.at == *cursor_; }))
            return;
        if (found.size() > static_cast<size_t>(period.limit) && *cursor_ > found.back().at) return;
        found.push_back({*cursor_, *cursor_, 1, *cursor_ <= now_ ? "due" : "expected", "", {}});
    }

    const Task& task_;
    const schedule::Schedule& schedule_;
    schedule::ExclusionSet exclusions_;
    const WallTime now_;
    const std::optional<WallTime> cursor_;
};

Result<schedule::ExclusionSet> exclusions_of(Services& services, const Task& task,
                                             const schedule::Zone& zone) {
    schedule::ExclusionSet set(zone);
    if (task.calendars.empty()) return set;
    for (const Calendar& calendar : TRY(services.stores.calendars.find(task.owner, task.calendars)))
        set.add(calendar.name, std::make_shared<const schedule::ExclusionCalendar>(
                                   TRY(schedule::ExclusionCalendar::parse(calendar))));
    return set;
}

// A run may have been created long after its time; its id says whether it exists.
Status find_late_runs(Services& services, const Call& call, const Task& task, WallTime from,
                      std::vector<Item>& items) {
    std::vector<Id> ids;
    for (const Item& item : items)
        if (item.status == "unrecorded")
            ids.push_back(store::occurrence_run_id(task.id, task.generation, item.at));
    if (ids.empty()) return ok();
    for (const Run& run : TRY(services.stores.schedules.runs_by_id(ids, from, owner(call))))
        for (Item& item : items)
            if (item.status == "unrecorded" && item.at == run.nominal_at) item = item_of(run);
    return ok();
}

void write_item(JsonWriter& writer, const Item& item, const schedule::Zone& zone) {
    const auto optional = [&](std::string_view name, const std::string& text) {
        if (text.empty())
            writer.key(name).null();
        else
            writer.field(name, text);
    };
    writer.begin_object()
        .field("nominal_at", format_time(item.at))
        .field("local", schedule::format_local(item.at, zone));
    if (item.count > 1) writer.field("last_at", format_time(item.last));
    writer.field("count", item.count).field("status", item.status);
    optional("reason", item.reason);
    optional("run_id", item.run ? item.run->id : "");
    optional("run_state", item.run ? std::string(name_of(item.run->state)) : "");
    if (item.run) {
        optional("started_at", item.run->started_at ? format_time(*item.run->started_at) : "");
        optional("finished_at", item.run->finished_at ? format_time(*item.run->finished_at) : "");
    }
    writer.end_object();
}

}  // namespace

Result<Reply> task_occurrences(Services& services, const Call& call) {
    const Task task = TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call)));
    const WallTime now = TRY(services.stores.system.now());
    const Period asked = TRY(period_of(call, now));
    const auto records = TRY(services.stores.schedules.records(task, asked.from, asked.to,
                                                               asked.limit + 1, owner(call)));
    Period period = asked;  // As far as the records reach.
    const auto most = static_cast<size_t>(asked.limit);
    if (records.runs.size() > most)
        period.to = std::min(period.to, *records.runs.back().nominal_at);
    if (records.skips.size() > most)
        period.to = std::clamp(records.skips.back().first, period.from + kTick, period.to);

    schedule::Zone zone = TRY(schedule::Zone::find(task.timezone));
    std::vector<Item> items;
    if (task.schedule_kind != ScheduleKind::kEvent &&
        task.schedule_kind != ScheduleKind::kCondition) {
        const auto schedule =
            TRY(schedule::Schedule::parse(schedule::spec_of(task, services.settings.min_interval)));
        items = Expectation(task, schedule, TRY(exclusions_of(services, task, zone)), now)
                    .items(period, records);
        TRY(find_late_runs(services, call, task, period.from, items));
    }
    for (const Run& run : records.runs)
        if (*run.nominal_at < period.to) items.push_back(item_of(run));
    for (const store::Skip& skip : records.skips)
        if (skip.first < period.to &&
            (skip.generation == task.generation || skip.first <= task.schedule_since))
            items.push_back({skip.first, skip.last, skip.count, "not_run", skip.reason, {}});
    std::stable_sort(items.begin(), items.end(),
                     [](const Item& a, const Item& b) { return a.at < b.at; });

    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (size_t i = 0; i < std::min(items.size(), most); ++i) write_item(writer, items[i], zone);
    writer.end_array().field("from", format_time(asked.from)).field("to", format_time(asked.to));
    if (items.size() > most)
        writer.field("next_from", format_time(items[most].at));
    else if (period.to < asked.to)
        writer.field("next_from", format_time(period.to));
    else
        writer.key("next_from").null();
    return Reply{.body_json = writer.end_object().take()};
}

}  // namespace ordinaut::operations
