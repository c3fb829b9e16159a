// The standard tools. Schemas stand in extension.json and are enforced by the host.
#include <ordinaut/ordinaut.hpp>

#include "sleepers.h"

namespace {

using ordinaut::Json;
using ordinaut::ToolCall;

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

void fail(ToolCall& call) {
    const std::string kind = call.arg("kind");
    const std::string message = call.arg("message");
    const double retry_after = call.arg_or("retry_after", -1.0);
    if (kind == "terminal") return call.fail_terminal(message);
    if (kind == "rate_limited")
        return call.fail_rate_limited(message, milliseconds(retry_after < 0 ? 1 : retry_after));
    if (retry_after < 0) return call.fail_retryable(message);
    call.fail_retryable(message, milliseconds(retry_after));
}

uint32_t level_of(const std::string& name) {
    if (name == "debug") return ORD_LOG_DEBUG;
    if (name == "warn") return ORD_LOG_WARN;
    return name == "error" ? ORD_LOG_ERROR : ORD_LOG_INFO;
}

void log(ToolCall& call) {
    std::vector<std::pair<std::string, std::string>> fields;
    if (const Json* given = call.input().find("fields"))
        for (const auto& [name, value] : given->members())
            fields.emplace_back(name, value.is_string() ? value.as_string() : value.text());
    call.log(static_cast<ordinaut::Level>(level_of(call.arg_or<std::string>("level", "info"))),
             call.arg("message"), fields);
    call.ok({{"logged", true}});
}

void transform(ToolCall& call) {
    const auto answer_to = call.later();
    call.host().core(&answer_to, "pipelines.eval", call.input_text(),
                     [answer_to](const ordinaut::Answer& answer) {
                         if (answer.ok())
                             answer_to.ok_text(answer.json);
                         else
                             answer_to.fail(answer.status, answer.message);
                     });
}

class Std : public ordinaut::Extension {
public:
    void setup(ordinaut::Setup& setup) override {
        setup.tool("echo", [](ToolCall& call) { call.ok_text(call.input_text()); });
        setup.tool("sleep", [this](ToolCall& call) {
            const std::chrono::duration<double> time(call.arg<double>("seconds"));
            sleepers_.add(call.later(), time);
        });
        setup.tool("fail", fail);
        setup.tool("log", log);
        setup.tool("transform", transform);
    }
    void stop() override { sleepers_.stop(); }

private:
    std_extension::Sleepers sleepers_;
};

}  // namespace

ORDINAUT_EXTENSION(Std)
