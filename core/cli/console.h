// Where a command reads and writes, and what it knows of its surroundings. Tests give their own.
#pragma once
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ordinaut::cli {

enum class Style { kPlain, kBold, kDim, kGood, kBad, kBusy };

struct Console {
    std::ostream& out;
    std::ostream& err;
    bool in_terminal = false;  // Someone can be asked.
    bool out_terminal = false;
    bool err_terminal = false;  // Progress is shown only here.
    bool colour = false;        // On standard output.
    size_t width = 0;           // Of the terminal; 0 = unlimited.
    std::map<std::string, std::string> environment = {};

    std::string variable(const std::string& name) const;  // Empty when it is not set.
};

// The process's own streams. Colour on a terminal, unless NO_COLOR is set or TERM is dumb.
Console process_console();

// `text` in that style when the console has colour.
std::string styled(const Console& console, std::string_view text, Style style);
// How the state of a run, task, extension or check looks.
Style style_of_state(std::string_view state);

// Control characters (which could command the terminal) as \u00xx, line ends as blanks.
std::string printable(std::string_view text);
// Columns that a terminal gives to UTF-8 text: one for each code point.
size_t width_of(std::string_view text);

// Rows below bold titles, aligned. The last column is cut to the terminal's width.
void print_table(const Console& console, const std::vector<std::string>& titles,
                 const std::vector<std::vector<std::string>>& rows);

}  // namespace ordinaut::cli
