#include "events/topic_pattern.h"

#include <algorithm>

namespace ordinaut::events {
namespace {

// Takes the first segment off `text`.
std::string_view next_segment(std::string_view& text, bool& more) {
    const size_t dot = text.find('.');
    const std::string_view segment = text.substr(0, dot);
    more = dot != std::string_view::npos;
    text = more ? text.substr(dot + 1) : std::string_view();
    return segment;
}

bool is_plain(std::string_view segment) {
    return !segment.empty() && std::all_of(segment.begin(), segment.end(), [](unsigned char c) {
        return isalnum(c) != 0 || c == '_' || c == '-';
    });
}

}  // namespace

Status check_pattern(std::string_view pattern) {
    bool more = !pattern.empty() && pattern.size() <= 200;
    bool good = more;
    while (good && more) {
        const std::string_view segment = next_segment(pattern, more);
        good = is_plain(segment) || segment == "*" || (segment == "#" && !more);
    }
    if (good) return ok();
    return invalid("/topic",
                   "must be 1 to 200 characters: segments of letters, digits, '_' and '-' between "
                   "dots; '*' stands for one segment, '#' at "
                   "the end for the rest, such as orders.*.created or orders.#");
}

bool has_wildcard(std::string_view pattern) {
    return pattern.find_first_of("*#") != std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view topic) {
    bool more_pattern = true, more_topic = true;
    while (more_pattern) {
        const std::string_view wanted = next_segment(pattern, more_pattern);
        if (wanted == "#") return true;
        if (!more_topic) return false;
        const std::string_view segment = next_segment(topic, more_topic);
        if (wanted != "*" && wanted != segment) return false;
    }
    return !more_topic;
}

}  // namespace ordinaut::events
