// Goal: a sentence says exactly what its schedule does, in three languages.
// Method: 210 schedules with their sentences, each read through; and over a thousand random rules,
// of which no two may share a sentence unless they run at the same times: what a sentence leaves
// out would be found there.
#include "schedule/describe.h"

#include <fstream>
#include <map>
#include <random>

#include "tests/schedule/support.h"

namespace ordinaut::schedule {
namespace {
constexpr Language kLanguages[] = {Language::kEnglish, Language::kRomanian, Language::kRussian};

std::string with_line_ends(std::string text) {
    std::replace(text.begin(), text.end(), '|', '\n');
    return text;
}

TEST(Describe, SaysWhatTheListSays) {
    std::ifstream file(SENTENCES_FILE);
    int schedules = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#') continue;
        const size_t zone_at = line.find('\t'), text_at = line.find('\t', zone_at + 1);
        ASSERT_NE(text_at, std::string::npos) << line;
        const std::string zone = line.substr(zone_at + 1, text_at - zone_at - 1),
                          text = with_line_ends(line.substr(text_at + 1));
        ScheduleSpec spec = rrule(text, zone);
        spec.kind = from_name<ScheduleKind>(line.substr(0, zone_at));
        const auto schedule = Schedule::parse(spec);
        ASSERT_TRUE(schedule.ok()) << line << ": " << schedule.error().message;
        for (const Language language : kLanguages) {
            std::string sentence;
            std::getline(file, sentence);
            EXPECT_EQ("  " + describe(*schedule, language), sentence) << line;
        }
        ++schedules;
    }
    EXPECT_GE(schedules, 200);
}

// A rule of few parts and few values, so that sentences meet.
class RandomRule {
public:
    explicit RandomRule(unsigned seed) : random_(seed) {}

    ScheduleSpec next() {
        const int kind = int(random_() % 4);
        text_ = kind == 0 ? cron_text() : recurrence_text();
        zone_ = pick({"UTC", "Europe/Chisinau"});
        return kind == 0 ? cron(text_, zone_) : rrule(text_, zone_);
    }

private:
    std::string pick(std::initializer_list<const char*> values) {
        return *(values.begin() + random_() % values.size());
    }
    std::string maybe(int percent, const std::string& text) {
        return int(random_() % 100) < percent ? text : "";
    }

    std::string cron_text() {
        return pick({"0", "*/15", "0,15,30,45", "30", "*"}) + " " +
               pick({"9", "*", "9-17", "*/3", "0,3,6,9,12,15,18,21"}) + " " +
               pick({"*", "1", "L", "31", "*/2", "1,15", "LW"}) + " " +
               pick({"*", "*", "1,7", "*/3"}) + " " +
               pick({"*", "*", "MON", "MON-FRI", "1#1", "5L", "1#5"});
    }
    std::string recurrence_text() {
        const std::string freq =
            pick({"MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"});
        const std::string skip =
            maybe(20, pick({"RSCALE=GREGORIAN;SKIP=FORWARD;", "RSCALE=GREGORIAN;SKIP=BACKWARD;",
                            "RSCALE=GREGORIAN;SKIP=OMIT;"}));
        return maybe(50, pick({"DTSTART:20260101T090000\nRRULE:", "DTSTART:20260131T090000\nRRULE:",
                               "DTSTART:20260101T090000Z\nRRULE:"})) +
               skip + "FREQ=" + freq + maybe(30, ";INTERVAL=" + pick({"1", "2", "15"})) +
               maybe(30, ";BYDAY=" + pick({"MO", "MO,TU,WE,TH,FR", "1MO", "-1FR", "5FR"})) +
               maybe(20, ";BYMONTHDAY=" + pick({"1", "31", "-1", "1,15", "29"})) +
               maybe(20, ";BYMONTH=" + pick({"2", "1,7", "4"})) +
               maybe(30, ";BYHOUR=" + pick({"9", "9,10", "9,10,11,12,13"})) +
               maybe(30, ";BYMINUTE=" + pick({"0", "0,30", "0,15,30,45"})) +
               maybe(15, ";BYSETPOS=" + pick({"1", "-1", "2"})) +
               maybe(15, ";WKST=" + pick({"SU", "MO"})) +
               maybe(20, pick({";COUNT=3", ";COUNT=1", ";UNTIL=20270101T000000Z",
                               ";UNTIL=20270101T000000", ";UNTIL=20270101"})) +
               maybe(15, pick({"\nRDATE:20260201T100000", "\nEXDATE:20260105T090000",
                               "\nEXDATE;VALUE=DATE:20260105"}));
    }

    std::mt19937 random_;
    std::string text_, zone_;
};

TEST(Describe, NoTwoSchedulesShareASentence) {
    constexpr unsigned kSeed = 20260101;
    RandomRule rules(kSeed);
    // Sentence → occurrences, expression.
    std::map<std::string, std::pair<std::string, std::string>> said;
    int read = 0, met = 0;
    for (int i = 0; i < 1500; ++i) {
        const ScheduleSpec spec = rules.next();
        const auto schedule = Schedule::parse(spec);
        if (!schedule.ok()) continue;  // Many combinations are forbidden.
        ++read;
        std::string times;
        auto when = schedule->next_after(at("2025-12-31T00:00:00Z"));
        for (int n = 0; when && n < 40; ++n, when = schedule->next_after(*when))
            times += format_time(*when) + " ";
        for (const Language language : kLanguages) {
            const std::string sentence = describe(*schedule, language);
            const auto [found, fresh] = said.try_emplace(sentence, times, std::string(spec.expr));
            met += fresh ? 0 : 1;
            EXPECT_EQ(found->second.first, times) << "seed " << kSeed << ": " << sentence << "\n"
                                                  << found->second.second << "\n"
                                                  << spec.expr;
        }
    }
    EXPECT_GE(read, 600);
    EXPECT_GE(met, 200);  // Else the test would say nothing.
}

}  // namespace
}  // namespace ordinaut::schedule
