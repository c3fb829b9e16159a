#include "store/change_store.h"

#include <charconv>

namespace ordinaut::store {
namespace {

template <class Number>
bool parse_whole(std::string_view text, Number& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && rest == text.data() + text.size();
}

}  // namespace

std::string text_of(const ChangePosition& position) {
    return std::to_string(position.xid) + "-" + std::to_string(position.sequence);
}

std::optional<ChangePosition> parse_change_position(std::string_view text) {
    const size_t dash = text.find('-');
    ChangePosition position;
    if (dash == std::string_view::npos || !parse_whole(text.substr(0, dash), position.xid) ||
        !parse_whole(text.substr(dash + 1), position.sequence) || position.sequence < 0)
        return std::nullopt;
    return position;
}

bool is_told(std::string_view action) {
    return action.starts_with("task.") || action.starts_with("queue.") ||
           action.starts_with("extension.");
}

}  // namespace ordinaut::store
