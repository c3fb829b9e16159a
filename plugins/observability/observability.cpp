// Metrics of the host and its extensions for Prometheus.
#include <ordinaut/ordinaut.hpp>

#include "exposition.h"
#include "families.h"
#include "process_metrics.h"

namespace {

class Observability : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        const ordinaut::Json* wanted = setup.config().find("require_token");
        require_token_ = wanted != nullptr && wanted->as_bool();
        setup.get("/metrics", [this](ordinaut::Request& r) { metrics(r); });
        setup.get("/status", [](ordinaut::Request& r) {
            r.json({{"id", ORDINAUT_EXTENSION_ID}, {"version", ORDINAUT_EXTENSION_VERSION}});
        });
    }

private:
    void metrics(ordinaut::Request& r) const {
        if (require_token_) admit(r);
        auto families = parse_families(r.host().metrics());
        for (auto& family : process_metrics()) families.push_back(std::move(family));
        const Exposition page = expose(std::move(families), r.header("accept"));
        r.set("Vary", "Accept").send(page.content_type, page.body);
    }

    static void admit(const ordinaut::Request& r) {
        if (r.principal().empty())
            throw ordinaut::HttpError(401,
                                      "this server's metrics need a token: send Authorization: "
                                      "Bearer <token>");
        const auto scopes = ordinaut::Json::parse(ordinaut::to_view(r.context().scopes_json));
        for (const auto& scope : scopes.items())
            if (scope.as_string() == "admin" || scope.as_string() == "ext:observability:routes")
                return;
        throw ordinaut::HttpError(403, "the scope ext:observability:routes is missing");
    }

    bool require_token_ = false;
};

}  // namespace

ORDINAUT_EXTENSION(Observability)
