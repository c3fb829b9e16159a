#include "schedule/rule_text.h"

namespace ordinaut::schedule {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
    return out;
}

std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 40))
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return text.size() > 40 ? out + "…" : out;
}

}  // namespace ordinaut::schedule
