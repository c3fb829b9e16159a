#include "condition/describe.h"

#include <fmt/format.h>

#include <array>

namespace ordinaut::condition {
namespace {

struct Words {
    std::array<std::string_view, 3> edges;  // rising, level, change; {0} is the expression.
    std::string_view held_true, held_same;  // {0} seconds; for rising and level, for change.
    std::string_view asked;                 // {0} the source, {1} seconds.
    std::string_view cooldown;              // {0} seconds.
};

constexpr Words kEnglish{{"Runs when “{0}” becomes true", "Runs at every check while “{0}” is true",
                          "Runs when the value of “{0}” changes"},
                         " and has stayed so for {0} s",
                         " and the new value has stayed for {0} s",
                         " (source: {0}, checked every {1} s)",
                         "; not again for {0} s after a run"};
constexpr Words kRomanian{{"Rulează când „{0}” devine adevărat",
                           "Rulează la fiecare verificare cât timp „{0}” este adevărat",
                           "Rulează când valoarea expresiei „{0}” se schimbă"},
                          " și rămâne așa timp de {0} s",
                          " și noua valoare se menține timp de {0} s",
                          " (sursa: {0}, verificată la fiecare {1} s)",
                          "; după o rulare nu mai rulează timp de {0} s"};
constexpr Words kRussian{{"Запускается, когда «{0}» становится истинным",
                          "Запускается при каждой проверке, пока «{0}» истинно",
                          "Запускается, когда значение «{0}» меняется"},
                         " и остаётся таким в течение {0} с",
                         " и новое значение держится {0} с",
                         " (источник: {0}, проверка каждые {1} с)",
                         "; после запуска не повторяется в течение {0} с"};

const Words& words_of(Language language) {
    switch (language) {
        case Language::kRomanian: return kRomanian;
        case Language::kRussian: return kRussian;
        default: return kEnglish;
    }
}

}  // namespace

std::string describe(const Task& task, Language language) {
    const Words& words = words_of(language);
    const Condition& condition = *task.condition;
    const auto source = parse_json(condition.source_json);
    std::string text = fmt::format(fmt::runtime(words.edges[static_cast<size_t>(condition.edge)]),
                                   task.schedule_expr);
    if (condition.for_seconds > 0)
        text += fmt::format(
            fmt::runtime(condition.edge == Edge::kChange ? words.held_same : words.held_true),
            condition.for_seconds);
    text +=
        fmt::format(fmt::runtime(words.asked), source.ok() ? string_or(*source, "kind", "?") : "?",
                    condition.interval_seconds);
    if (condition.cooldown_seconds > 0)
        text += fmt::format(fmt::runtime(words.cooldown), condition.cooldown_seconds);
    return text + ".";
}

}  // namespace ordinaut::condition
