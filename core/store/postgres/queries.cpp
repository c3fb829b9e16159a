#include "store/postgres/queries.h"

#include "base/check.h"
#include "sql_files.h"

namespace ordinaut::store::postgres {
namespace {
constexpr std::string_view kName = "-- name: ", kFragment = "-- fragment: ";

std::string_view next_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
}
}  // namespace

Queries::Queries() {
    for (const auto& file : sql::embedded_files())
        if (file.path.substr(0, 8) == "queries/") read(file.text);
    for (auto& [name, text] : statements_) text = expand(text, 0);
}

void Queries::read(std::string_view rest) {
    std::string* block = nullptr;
    while (!rest.empty()) {
        const auto line = next_line(rest);
        const bool is_fragment = line.substr(0, kFragment.size()) == kFragment;
        if (is_fragment || line.substr(0, kName.size()) == kName) {
            auto& blocks = is_fragment ? fragments_ : statements_;
            const auto [place, is_new] =
                blocks.emplace(line.substr(is_fragment ? kFragment.size() : kName.size()), "");
            CHECK(is_new);
            block = &place->second;
        } else if (block && !line.empty() && line.substr(0, 2) != "--") {
            if (!block->empty()) *block += '\n';
            *block += line;
        }
    }
}

std::string Queries::expand(std::string_view text, int depth) const {
    CHECK(depth < 5);  // A fragment that includes itself.
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) break;
        const auto close = text.find('}', open);
        CHECK(close != std::string_view::npos);
        const auto fragment = fragments_.find(text.substr(open + 1, close - open - 1));
        if (fragment != fragments_.end())
            out += expand(fragment->second, depth + 1);
        else
            out += text.substr(open, close - open + 1);
        text.remove_prefix(close + 1);
    }
    return out;
}

const std::string& Queries::text(std::string_view name) const {
    const auto found = statements_.find(name);
    CHECK(found != statements_.end());
    return found->second;
}

std::vector<std::string> Queries::names() const {
    std::vector<std::string> names;
    for (const auto& [name, text] : statements_) names.push_back(name);
    return names;
}

}  // namespace ordinaut::store::postgres
