// The pages in which people see and change tasks and runs.
#include <ordinaut/ordinaut.hpp>

namespace {

class Webui : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        setup.get("/status", [](ordinaut::Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
    }
};

}  // namespace

ORDINAUT_EXTENSION(Webui)
