#include "cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <set>

#include "cli/config.h"

namespace ordinaut::cli {
namespace {

const char* code_of(Style style) {
    switch (style) {
        case Style::kPlain: return "";
        case Style::kBold: return "\x1b[1m";
        case Style::kDim: return "\x1b[2m";
        case Style::kGood: return "\x1b[32m";
        case Style::kBad: return "\x1b[31m";
        case Style::kBusy: return "\x1b[33m";
    }
    return "";
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// At most `columns` of the text, the last of them '…' when something was cut.
std::string cut(const std::string& text, size_t columns) {
    if (columns == 0 || width_of(text) <= columns) return text;
    size_t end = 0;
    for (size_t seen = 0; end < text.size() && seen + 1 < columns; ++seen) {
        ++end;
        while (end < text.size() && continues(text[end])) ++end;
    }
    return text.substr(0, end) + "…";
}

}  // namespace

std::string Console::variable(const std::string& name) const {
    const auto it = environment.find(name);
    return it == environment.end() ? "" : it->second;
}

Console process_console() {
    Console console{.out = std::cout, .err = std::cerr};
    console.environment = process_environment();
    console.in_terminal = isatty(STDIN_FILENO) != 0;
    console.out_terminal = isatty(STDOUT_FILENO) != 0;
    console.err_terminal = isatty(STDERR_FILENO) != 0;
    console.colour = console.out_terminal && console.variable("NO_COLOR").empty() &&
                     console.variable("TERM") != "dumb";
    winsize size{};
    if (console.out_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        console.width = size.ws_col;
    return console;
}

std::string styled(const Console& console, std::string_view text, Style style) {
    if (!console.colour || style == Style::kPlain || text.empty()) return std::string(text);
    return fmt::format("{}{}\x1b[0m", code_of(style), text);
}

Style style_of_state(std::string_view state) {
    static const std::map<std::string_view, Style> styles = {
        {"succeeded", Style::kGood}, {"ok", Style::kGood},         {"active", Style::kGood},
        {"failed", Style::kBad},     {"timed_out", Style::kBad},   {"error", Style::kBad},
        {"unknown", Style::kBad},    {"down", Style::kBad},        {"expired", Style::kBad},
        {"running", Style::kBusy},   {"retry_wait", Style::kBusy}, {"degraded", Style::kBusy},
        {"paused", Style::kBusy},    {"ready", Style::kBusy},      {"canceled", Style::kDim},
        {"skipped", Style::kDim},    {"disabled", Style::kDim},    {"completed", Style::kDim}};
    const auto it = styles.find(state);
    return it == styles.end() ? Style::kPlain : it->second;
}

std::string printable(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\n' || c == '\t' || c == '\r')
            out += ' ';
        else if (c < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04x}", c);
        // C1 controls are two bytes in UTF-8.
        else if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[++i]));
        else
            out += text[i];
    }
    return out;
}

size_t width_of(std::string_view text) {
    size_t width = 0;
    for (const char c : text) width += continues(c) ? 0 : 1;
    return width;
}

void print_table(const Console& console, const std::vector<std::string>& titles,
                 const std::vector<std::vector<std::string>>& rows) {
    std::vector<size_t> widths;
    widths.reserve(titles.size());
    for (const std::string& title : titles) widths.push_back(width_of(title));
    for (const auto& row : rows)
        for (size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    const auto print = [&](const std::vector<std::string>& row, bool title) {
        size_t used = 0;
        for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            const bool last = i + 1 == titles.size();
            const std::string cell =
                last && console.width > used + 8 ? cut(row[i], console.width - used) : row[i];
            console.out << styled(console, cell, title ? Style::kBold : style_of_state(cell));
            if (!last) console.out << std::string(widths[i] - width_of(cell) + 2, ' ');
            used += widths[i] + 2;
        }
        console.out << '\n';
    };
    print(titles, true);
    for (const auto& row : rows) print(row, false);
}

}  // namespace ordinaut::cli
