// What docs/extensions/refused.md says an operator may read, to compare with what the host says.
#pragma once
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace ordinaut {

// The messages of its tables, where "…" stands for anything, and names, quoted texts and numbers
// for others of their kind.
inline const std::vector<std::regex>& documented_messages() {
    static const std::vector<std::regex> messages = [] {
        std::ifstream file(REFUSED_MD);
        std::vector<std::regex> found;
        for (std::string line; std::getline(file, line);) {
            if (line.rfind("| `", 0) != 0) continue;
            const std::string cell = line.substr(0, line.find(" |", 2));
            const std::regex code("`([^`]+)`");
            for (std::sregex_iterator at(cell.begin(), cell.end(), code), end; at != end; ++at) {
                std::string text = std::regex_replace((*at)[1].str(),
                                                      std::regex(R"([.()+*?\[\]{}|^$])"), R"(\$&)");
                const std::pair<const char*, const char*> kinds[] = {
                    {"…", ".*"},
                    {R"(lib[a-z]\\\.so(\\\.1)?)", R"(lib[\w.]+)"},
                    {R"(my_ext(\\\.x)?)", R"([\w.]+)"},
                    {"'[^']*'", "'[^']*'"},
                    {R"([0-9]+(\\\.[0-9]+)*)", R"([\d.]+)"},
                    {R"(symbol: f$)", R"(symbol: \w+)"},
                    {"a null create", R"(a null \w+)"},
                };
                for (const auto& [from, to] : kinds)
                    text = std::regex_replace(text, std::regex(from), to);
                found.emplace_back(text);
            }
        }
        return found;
    }();
    return messages;
}

inline bool is_documented(const std::string& message) {
    for (const auto& known : documented_messages())
        if (std::regex_match(message, known)) return true;
    return false;
}

}  // namespace ordinaut
