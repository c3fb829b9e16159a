#include "names.h"

#include <ordinaut/http.hpp>

namespace {

constexpr size_t kNameMax = 200, kWordMax = 64, kDigitsMax = 18;
constexpr const char* kNameForm =
    "must be 1 to 200 characters: letters, digits, '_' and '-' in segments between dots, such as "
    "orders.created";

[[noreturn]] void refuse(const char* pointer, const std::string& why) {
    throw ordinaut::HttpError(
        422, std::string(pointer).substr(1) + ": " + why,
        ordinaut::Json::array({ordinaut::Json{{"pointer", pointer}, {"message", why}}}));
}

bool is_word(std::string_view text) {
    constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return !text.empty() && text.find_first_not_of(kLetters) == std::string_view::npos;
}

// Whether each segment is a word, or "*", or "#" as the last, where `wild` allows these.
bool is_dotted(std::string_view text, bool wild) {
    if (text.empty() || text.size() > kNameMax) return false;
    while (true) {
        const size_t dot = text.find('.');
        const std::string_view segment = text.substr(0, dot);
        const bool last = dot == std::string_view::npos;
        if (!is_word(segment) && !(wild && (segment == "*" || (segment == "#" && last))))
            return false;
        if (last) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= kDigitsMax &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void check_name(const std::string& name) {
    if (!is_dotted(name, false)) refuse("/name", kNameForm);
}

void check_pattern(const std::string& pattern) {
    if (!is_dotted(pattern, true))
        refuse("/name", std::string(kNameForm) +
                            "; '*' may stand for one segment, '#' at the end (%23 in an address) "
                            "for all that are left, as in orders.*.created or orders.#");
}

bool has_wildcard(const std::string& pattern) {
    return pattern.find_first_of("*#") != std::string::npos;
}

void check_word(const char* pointer, const std::string& word) {
    if (word.size() > kWordMax || !is_word(word))
        refuse(pointer, "must be 1 to 64 letters, digits, '_' or '-', such as mailers");
}

void check_event_id(const char* pointer, const std::string& id) {
    const size_t dash = id.find('-');
    const std::string_view text = id;
    if (!is_number(text.substr(0, dash)) ||
        (dash != std::string::npos && !is_number(text.substr(dash + 1))))
        refuse(pointer,
               "must be 0 for the oldest event kept, or an event's id, such as "
               "1772352000000-0");
}
