#include "schedule/zone.h"

#include <date/tz.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <unordered_map>

#include "base/check.h"
#include "base/excerpt.h"
#include "base/nearest.h"
#include "schedule/posix_tz.h"

namespace ordinaut::schedule {
using namespace std::chrono;

// offsets[i] holds from starts[i] on; starts[0] is before all time we speak of. A zone with yearly
// changes is tabulated until `repeat_from` + 400 years; a later time looks like the one 400 years
// before it.
struct Zone::Table {
    std::string name;
    std::vector<SysTime> starts;
    std::vector<seconds> offsets;
    bool repeats = false;
    SysTime repeat_from{};
};

namespace {
constexpr seconds kFourCenturies = days(146097);
constexpr SysTime kBeginning = sys_days(year{-9999} / January / 1);
constexpr SysTime kEnd = sys_days(year{20000} / January / 1);
constexpr const char* kZoneinfo = "/usr/share/zoneinfo/";

std::string read_footer(const std::string& name) {
    std::ifstream file(kZoneinfo + name, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(file)), {});
    if (content.size() < 44 || content.compare(0, 4, "TZif") != 0 || content.back() != '\n')
        return "";
    const size_t before = content.rfind('\n', content.size() - 2);
    return before == std::string::npos ? ""
                                       : content.substr(before + 1, content.size() - before - 2);
}

void add(Zone::Table& table, SysTime at, seconds offset) {
    if (!table.offsets.empty() && table.offsets.back() == offset) return;
    table.starts.push_back(at);
    table.offsets.push_back(offset);
}

// The changes date/tz knows. Returns the last one's time.
SysTime add_tabulated(Zone::Table& table, const date::time_zone& zone) {
    SysTime at = sys_days(year{1800} / January / 1), last = at;
    const SysTime table_end = sys_days(year{2500} / January / 1);
    for (bool first = true; at < table_end; first = false) {
        const auto info = zone.get_info(at);
        add(table, first ? kBeginning : info.begin, info.offset);
        if (!first) last = info.begin;
        if (info.end <= at) break;
        at = info.end;
    }
    return last;
}

// The footer's changes after the table's last one, for 400 years.
void add_rule(Zone::Table& table, const PosixTz& rule, SysTime last) {
    const int first_year = int(year_month_day(floor<days>(last)).year());
    for (int y = first_year; y <= first_year + 402; ++y)
        for (const auto& change : rule.transitions(y))
            if (change.at > last) add(table, change.at, change.offset);
    if (!rule.daylight) return;
    table.repeats = true;
    table.repeat_from = sys_days(year{first_year + 2} / January / 1);
}

std::shared_ptr<const Zone::Table> load(const date::time_zone& zone) {
    auto table = std::make_shared<Zone::Table>();
    table->name = zone.name();
    const SysTime last = add_tabulated(*table, zone);
    if (const auto rule = PosixTz::parse(read_footer(table->name))) add_rule(*table, *rule, last);
    return table;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return out;
}

std::string unknown_zone(std::string_view name, const std::vector<date::time_zone>& zones) {
    const std::string shown = excerpt(name, 64), wanted = lower(shown);
    std::vector<std::pair<size_t, std::string>> near;
    for (const auto& zone : zones) {
        const std::string full = lower(zone.name());
        const auto slash = full.rfind('/');
        size_t score = edit_distance(wanted, full);
        if (slash != full.npos)
            score = std::min(score, edit_distance(wanted, full.substr(slash + 1)));
        if (score <= std::max<size_t>(1, wanted.size() / 4)) near.emplace_back(score, zone.name());
    }
    std::sort(near.begin(), near.end());
    std::string message = "unknown time zone '" + shown + "'; ";
    if (near.empty()) return message + "expected an IANA name such as Europe/Chisinau or UTC";
    message += "did you mean ";
    for (size_t i = 0; i < near.size() && i < 3; ++i) message += (i ? ", " : "") + near[i].second;
    return message + "?";
}
}  // namespace

Result<Zone> Zone::find(std::string_view name) {
    // Tables are immutable and the same for everyone, so each is built once per process.
    static std::mutex mutex;
    static std::unordered_map<std::string, std::shared_ptr<const Table>> loaded;
    std::lock_guard lock(mutex);
    const std::string key(name);
    if (const auto found = loaded.find(key); found != loaded.end()) return Zone(found->second);
    try {
        const auto& zones = date::get_tzdb().zones;
        const auto zone = std::find_if(zones.begin(), zones.end(),
                                       [&](const auto& z) { return z.name() == name; });
        if (zone == zones.end() || name == "localtime")
            return invalid("/timezone", unknown_zone(name, zones));
        return Zone(loaded.emplace(key, load(*zone)).first->second);
    } catch (const std::exception& failure) {
        return unavailable(std::string("the system's time zone data cannot be read: ") +
                           failure.what());
    }
}

Zone Zone::utc() {
    static const auto table =
        std::make_shared<const Table>(Table{"UTC", {kBeginning}, {seconds(0)}, false, {}});
    return Zone(table);
}

const std::string& Zone::name() const { return table_->name; }

std::vector<seconds> Zone::offsets_from(SysTime at) const {
    const Table& table = *table_;
    // Once the rule alone decides, two years show all of it.
    const SysTime settled = table.repeats ? table.repeat_from : kEnd;
    const SysTime enough = settled == kEnd ? kEnd : settled + years(2);
    at = std::min(at, settled);
    std::vector<seconds> offsets;
    for (auto i = size_t(std::upper_bound(table.starts.begin() + 1, table.starts.end(), at) -
                         table.starts.begin()) -
                  1;
         i < table.starts.size() && table.starts[i] < enough; ++i)
        if (std::find(offsets.begin(), offsets.end(), table.offsets[i]) == offsets.end())
            offsets.push_back(table.offsets[i]);
    return offsets;
}

bool Zone::is_utc() const {
    return table_->offsets.size() == 1 && table_->offsets[0] == seconds(0);
}

ZoneSegment Zone::segment(SysTime at) const {
    const Table& table = *table_;
    seconds shift(0);
    if (table.repeats && at >= table.repeat_from + kFourCenturies) {
        shift = (at - table.repeat_from) / kFourCenturies * kFourCenturies;
        at -= shift;
    }
    const auto next = std::upper_bound(table.starts.begin() + 1, table.starts.end(), at);
    const auto index = size_t(next - table.starts.begin()) - 1;
    return {table.starts[index] + shift, next == table.starts.end() ? kEnd : *next + shift,
            table.offsets[index]};
}

LocalReading Zone::read(LocalTime local) const {
    // The segment in which the local time lies if its offset is at least as far east as any around
    // it.
    const SysTime guess = to_utc(local, seconds(0));
    ZoneSegment segment = this->segment(guess - hours(26));
    for (;;) {
        if (local < to_local(segment.end, segment.offset)) {
            const SysTime first = to_utc(local, segment.offset);
            if (segment.end == kEnd) return {LocalReading::kUnique, first, first, {}};
            const ZoneSegment after = this->segment(segment.end);
            const SysTime second = to_utc(local, after.offset);
            if (second >= after.begin) return {LocalReading::kFold, first, second, {}};
            return {LocalReading::kUnique, first, first, {}};
        }
        CHECK(segment.end != kEnd);
        const ZoneSegment after = this->segment(segment.end);
        if (local < to_local(after.begin, after.offset)) {
            const SysTime shifted = to_utc(local, segment.offset);
            return {LocalReading::kGap, shifted, shifted, after.begin};
        }
        segment = after;
    }
}

std::string tzdata_version() {
    std::ifstream file(std::string(kZoneinfo) + "tzdata.zi");
    std::string hash, word, version;
    if (file >> hash >> word >> version && word == "version") return version;
    return "unknown";
}

std::string format_local(LocalTime local) {
    return format_time(WallTime(local.time_since_epoch())).substr(0, 19);
}

std::string format_local(WallTime at, const Zone& zone) {
    const auto offset = zone.segment(floor<seconds>(at)).offset;
    std::string text = format_time(at + offset);
    text.pop_back();
    const auto magnitude = floor<minutes>(abs(offset)).count();
    char shown[16];
    std::snprintf(shown, sizeof shown, "%c%02d:%02d", offset < seconds(0) ? '-' : '+',
                  int(magnitude / 60), int(magnitude % 60));
    return text + shown;
}

}  // namespace ordinaut::schedule
