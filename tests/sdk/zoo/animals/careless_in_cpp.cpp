// Mistakes in C++, through the wrapper: it throws, forgets to answer, drops what it kept, answers
// from another thread.
#include <ordinaut/ordinaut.hpp>
#include <thread>

namespace {
struct Careless : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.tool("run", [](ordinaut::ToolCall& call) {
            const std::string how = call.arg("how");
            if (how == "throw") throw std::runtime_error("boom");
            if (how == "throw_int") throw 42;
            if (how == "drop") call.later();
            if (how == "thread")
                std::thread([answer = call.later()] {
                    answer.ok({{"from", "a thread"}});
                }).detach();
            if (how == "invoke") {
                call.host().invoke(
                    &call.completion(), ORDINAUT_EXTENSION_ID ".run", R"({"how":"thread"})",
                    [answer = call.later()](const ordinaut::Answer& a) { answer.ok_text(a.json); });
            }
            if (how == "number") call.ok({{"n", call.arg<int64_t>("n")}});
        });
    }
};
}  // namespace
ORDINAUT_EXTENSION(Careless)
