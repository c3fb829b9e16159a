// Metrics of the host and its extensions for Prometheus.
#include <ordinaut/ordinaut.hpp>

namespace {

class Observability : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        setup.get("/status", [](ordinaut::Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
    }
};

}  // namespace

ORDINAUT_EXTENSION(Observability)
