// Publishes and receives events, as its configuration says: {"ns", "topic", "group", "from_id",
// "ack_timeout_ms", "max_deliveries", "max_in_flight", "answer"}. "answer" is what becomes of a
// delivery: "ok" (default), "retry" (once), "fail", "never", "always_retry", "held" (until the tool
// "release"), "echo" (publishes again what it got). The tool "received" answers with what came,
// once n deliveries were made.
#include <ordinaut/ordinaut.hpp>

namespace {
using ordinaut::Json;

struct Listener : ordinaut::Extension {
    std::mutex mutex;
    Json::Array received;
    std::vector<std::pair<int64_t, ordinaut::Completion>> waiting;
    std::vector<ordinaut::Completion> held;
    std::string answer;

    void setup(ordinaut::Setup& s) override {
        const Json& config = s.config();
        const auto text = [&](std::string_view name) {
            return config.find(name) == nullptr ? std::string() : config.find(name)->as_string();
        };
        const auto number = [&](std::string_view name) {
            return config.find(name) == nullptr ? 0 : config.find(name)->as_int();
        };
        answer = text("answer");
        s.tool("publish", [](ordinaut::ToolCall& call) {
            const std::string event_id = call.arg_or<std::string>("event_id", "");
            call.host().publish(call.arg_or<std::string>("ns", ""), call.arg("topic"),
                                call.arg_or<Json>("payload", Json()).text(),
                                [answer = call.later()](const ordinaut::Answer& a) {
                                    answer.ok({{"status", a.status}});
                                },
                                {&call.completion(), event_id});
        });
        s.tool("large", [](ordinaut::ToolCall& call) {
            call.host().publish("jobs", "t", '"' + std::string(300'000, 'x') + '"',
                                [answer = call.later()](const ordinaut::Answer& a) {
                                    answer.ok({{"status", a.status}});
                                });
        });
        s.tool("received", [this](ordinaut::ToolCall& call) {
            const std::lock_guard lock(mutex);
            waiting.emplace_back(call.arg<int64_t>("n"), call.later());
            tell();
        });
        s.tool("release", [this](ordinaut::ToolCall& call) {
            const std::lock_guard lock(mutex);
            for (const auto& event : held) event.ok({});
            held.clear();
            answer = "ok";
            call.ok({});
        });
        if (config.find("topic") == nullptr) return;
        ordinaut::EventPolicy policy;
        policy.group = config.find("group") == nullptr ? "g" : text("group");
        policy.from_id = text("from_id");
        policy.ack_timeout = std::chrono::milliseconds(number("ack_timeout_ms"));
        policy.max_deliveries = static_cast<uint32_t>(number("max_deliveries"));
        policy.max_in_flight = static_cast<uint32_t>(number("max_in_flight"));
        s.on_event(text("ns"), text("topic"), policy,
                   [this](ordinaut::Event& event) { take(event); });
    }

    void take(ordinaut::Event& event) {
        const std::lock_guard lock(mutex);
        received.push_back(Json(std::string(event.topic()) + " " +
                                std::string(event.payload_text()) + " " +
                                std::to_string(event.redelivered())));
        tell();
        if (answer == "never" || answer == "held") held.push_back(event.later());
        if (answer == "always_retry" || (answer == "retry" && event.redelivered() == 0))
            event.retry("not yet", std::chrono::milliseconds(1));
        if (answer == "echo")
            event.host().publish("jobs", event.topic(), "\"again\"", {}, {&event.completion(), {}});
        if (answer == "fail") throw ordinaut::CallError(ORD_E_TERMINAL, "the door is locked");
    }

    void tell() {
        for (auto at = waiting.begin(); at != waiting.end();) {
            if (at->first > static_cast<int64_t>(received.size())) {
                ++at;
                continue;
            }
            at->second.ok(Json::array(received));
            at = waiting.erase(at);
        }
    }
    void stop() override {
        const std::lock_guard lock(mutex);
        waiting.clear();
        held.clear();
    }
};
}  // namespace
ORDINAUT_EXTENSION(Listener)
