#include "schedule/rule_text.h"
#include "base/excerpt.h"

namespace ordinaut::schedule {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
    return out;
}

std::string shown(std::string_view text) { return excerpt(text, 40); }

}  // namespace ordinaut::schedule
