#include "base/nearest.h"

#include <algorithm>

namespace ordinaut {
namespace {
constexpr size_t kNameMax = 100;  // The cost is quadratic; nothing longer is a mistyped name.
}

size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, above);
        std::swap(above, row);
    }
    return above[b.size()];
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
    if (name.size() > kNameMax) return {};
    std::string_view best;
    size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        if (candidate.size() > kNameMax) continue;
        if (const size_t distance = edit_distance(name, candidate); distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known) {
    const std::string_view best = nearest(name, known);
    return best.empty() ? "" : "; did you mean '" + std::string(best) + "'?";
}

}  // namespace ordinaut
