#include "base/excerpt.h"

namespace ordinaut {

std::string excerpt(std::string_view text, size_t bytes_max) {
    size_t end = text.size();
    if (end > bytes_max) {
        end = bytes_max;
        while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
    }
    std::string shown(text.substr(0, end));
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return end < text.size() ? shown + "…" : shown;
}

}  // namespace ordinaut
