// The light endpoints beside the protocol, for clients that only want the catalogue of tools:
// /meta, /handshake, /tools, /tools/{name}, /tools/{name}/schema, /schema, /stream.
#pragma once
#include <ordinaut/ordinaut.hpp>

namespace mcp_http {

void add_light_routes(ordinaut::Setup& setup);

}  // namespace mcp_http
