#include "zones.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace mcp_http {
namespace {

constexpr size_t kNamesMax = 5000;

// Lines "Z <name> …" are zones, "L <target> <name>" other names of them.
std::vector<std::string> read_names() {
    std::vector<std::string> names{"UTC"};
    std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
    for (std::string line; names.size() < kNamesMax && std::getline(file, line);) {
        std::istringstream words(line);
        std::string kind, first, second;
        words >> kind >> first >> second;
        if (kind == "Z") names.push_back(first);
        if (kind == "L") names.push_back(second);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace

const std::vector<std::string>& zone_names() {
    static const std::vector<std::string> names = read_names();
    return names;
}

}  // namespace mcp_http
