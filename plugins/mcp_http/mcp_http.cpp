// The Model Context Protocol over Streamable HTTP, for assistants.
#include <ordinaut/ordinaut.hpp>

namespace {

class McpHttp : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        setup.get("/status", [](ordinaut::Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
    }
};

}  // namespace

ORDINAUT_EXTENSION(McpHttp)
