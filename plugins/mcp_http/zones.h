// The names of the world's time zones, from the system's database.
#pragma once
#include <string>
#include <vector>

namespace mcp_http {

// Sorted; read once. Only "UTC" when the system has no database.
const std::vector<std::string>& zone_names();

}  // namespace mcp_http
