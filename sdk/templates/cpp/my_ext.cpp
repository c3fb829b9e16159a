// my_ext: an extension of Ordinaut.
#include <ordinaut/ordinaut.hpp>

struct MyExt : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        // Its schemas are in extension.json; the host checks inputs and outputs against them.
        s.tool("greet", [](ordinaut::ToolCall& call) {
            return call.ok({{"text", "Hello " + call.arg("name")}});
        });
    }
};
ORDINAUT_EXTENSION(MyExt)
