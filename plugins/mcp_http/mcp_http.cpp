// The Model Context Protocol over Streamable HTTP, for assistants.
#include <ordinaut/ordinaut.hpp>

#include "endpoint.h"
#include "light.h"

namespace {

using ordinaut::Request;

class McpHttp : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        server_ = std::make_shared<mcp_http::Server>(setup.host());
        endpoint_ = std::make_shared<mcp_http::Endpoint>(server_, setup.config());
        setup.get("/status", [](Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
        mcp_http::add_light_routes(setup);
        setup.post("/mcp", [this](Request& r) { endpoint_->post(r); });
        setup.get("/mcp", [this](Request& r) { endpoint_->get(r); });
        setup.del("/mcp", [this](Request& r) { endpoint_->remove(r); });
    }
    void stop() override { server_->sessions.close_all(); }

private:
    mcp_http::ServerPtr server_;
    std::shared_ptr<mcp_http::Endpoint> endpoint_;
};

}  // namespace

ORDINAUT_EXTENSION(McpHttp)
