// Counts, measures and waits, through the wrapper.
#include <ordinaut/ordinaut.hpp>

namespace {
using namespace std::chrono_literals;

struct Meter : ordinaut::Extension {
    ordinaut::Counter items;
    ordinaut::Gauge level;
    ordinaut::Histogram sizes;

    void setup(ordinaut::Setup& s) override {
        const auto host = s.host();
        items = host.counter("items_total", "Items by colour.", {"colour"});
        level = host.gauge("level", "How high.");
        sizes = host.histogram("size_bytes", "How big.", {}, {10, 100});
        s.tool("count", [this](ordinaut::ToolCall& call) {
            items.add(call.arg<double>("n"), {call.arg("colour")});
            level.set(call.arg<double>("n"));
            sizes.observe(call.arg<double>("n"));
            call.ok({});
        });
        s.tool("many", [this](ordinaut::ToolCall& call) {
            for (int n = 0; n < 300; ++n) items.add(1, {std::to_string(n)});
            call.ok({});
        });
        s.tool("redefine", [](ordinaut::ToolCall& call) {
            call.host().gauge("items_total", "Something else.");
            call.ok({});
        });
        s.tool("collect", [](ordinaut::ToolCall& call) { call.ok_text(call.host().metrics()); });
        s.tool("wait", [](ordinaut::ToolCall& call) {
            const auto token =
                call.host().after(std::chrono::milliseconds(call.arg<int64_t>("ms")),
                                  [answer = call.later()](const ordinaut::Answer& a) {
                                      answer.ok({{"status", a.status}});
                                  });
            if (call.arg_or("cancel", false)) call.host().cancel(token);
        });
        s.tool("now", [](ordinaut::ToolCall& call) {
            call.ok({{"s", std::chrono::duration_cast<std::chrono::seconds>(
                               call.host().now().time_since_epoch())
                               .count()}});
        });
    }
};
}  // namespace
ORDINAUT_EXTENSION(Meter)
