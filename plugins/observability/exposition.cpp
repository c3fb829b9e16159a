#include "exposition.h"

#include <prometheus/text_serializer.h>

#include <cstdlib>
#include <locale>
#include <sstream>

#include "open_metrics.h"

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The part before `separator`; `text` keeps what comes after it.
std::string_view next_part(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const auto part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return trimmed(part);
}

// How much `accept` wants exactly this media type; 0 when it does not name it.
double wish(std::string_view accept, std::string_view media_type) {
    double most = 0;
    while (!accept.empty()) {
        std::string_view range = next_part(accept, ',');
        if (next_part(range, ';') != media_type) continue;
        double quality = 1;
        while (!range.empty()) {
            const std::string_view parameter = next_part(range, ';');
            if (parameter.substr(0, 2) == "q=")
                quality = std::strtod(std::string(parameter.substr(2)).c_str(), nullptr);
        }
        most = std::max(most, quality);
    }
    return most;
}

// The library writes help texts as they are.
std::string help_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\')
            out += "\\\\";
        else
            out += c;
    }
    return out;
}

}  // namespace

Exposition expose(std::vector<prometheus::MetricFamily> families, std::string_view accept) {
    const double open = wish(accept, "application/openmetrics-text");
    if (open > 0 && open >= wish(accept, "text/plain"))
        return {"application/openmetrics-text; version=1.0.0; charset=utf-8",
                to_open_metrics(families)};
    for (auto& family : families) family.help = help_text(family.help);
    std::ostringstream page;
    page.imbue(std::locale::classic());
    prometheus::TextSerializer().Serialize(page, families);
    return {"text/plain; version=0.0.4; charset=utf-8", page.str()};
}
