// http.request. Schemas stand in extension.json and are enforced by the host.
#include <curl/curl.h>

#include <ordinaut/ordinaut.hpp>

#include "transfers.h"

namespace {

using http_extension::Request;
using http_extension::Settings;
using http_extension::Transfers;

Settings settings_of(const ordinaut::Json& config) {
    Settings settings;
    if (const auto* word = config.find("private_addresses")) {
        if (!word->is_string() || (word->as_string() != "allow" && word->as_string() != "deny"))
            throw ordinaut::invalid_input("/private_addresses", "must be 'allow' or 'deny'");
        settings.private_addresses = word->as_string() == "allow";
    }
    if (const auto* number = config.find("connections_max")) {
        if (!number->is_integer() || number->as_int() < 1 || number->as_int() > 10'000)
            throw ordinaut::invalid_input("/connections_max", "must be an integer from 1 to 10000");
        settings.connections_max = static_cast<long>(number->as_int());
    }
    return settings;
}

class Http : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        settings_ = settings_of(setup.config());
        transfers_ = std::make_unique<Transfers>(settings_);
        setup.tool("request", [this](ordinaut::ToolCall& call) {
            transfers_->add(std::make_unique<Request>(call, settings_));
        });
    }
    void stop() override { transfers_->stop(); }

private:
    Settings settings_;
    std::unique_ptr<Transfers> transfers_;
};

}  // namespace

ORDINAUT_EXTENSION(Http)
