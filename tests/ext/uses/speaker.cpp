// Speaks of itself: how far a call is, and how it is.
#include <atomic>
#include <ordinaut/ordinaut.hpp>

namespace {
struct Speaker : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.tool("work", [](ordinaut::ToolCall& call) {
            call.progress(505, "halfway there");
            const auto kept = call.later();
            kept.progress(2000);
            kept.ok({});
            kept.progress(1, "too late");
        });
        s.tool("feel", [this](ordinaut::ToolCall& call) {
            ill_ = call.arg<bool>("ill");
            return call.ok({});
        });
    }
    void health() override {
        if (ill_) throw ordinaut::CallError(ORD_E_RETRYABLE, "the pump is cold");
    }

private:
    std::atomic<bool> ill_{false};
};
}  // namespace
ORDINAUT_EXTENSION(Speaker)
