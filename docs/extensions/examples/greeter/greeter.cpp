#include <ordinaut/ordinaut.hpp>
struct Greeter : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.tool("greet", [](ordinaut::ToolCall& call) {
            return call.ok({{"text", "Hello " + call.arg("name")}});
        });
        s.get("/hello", [](ordinaut::Request& r) {
            return r.json({{"message", "Hello from my extension!"}});
        });
    }
};
ORDINAUT_EXTENSION(Greeter)
