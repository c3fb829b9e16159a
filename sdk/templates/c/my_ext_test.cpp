// Runs my_ext without a server. Bring your own test framework, or use the two functions of
// expect.hpp.
#include <ordinaut/testing/expect.hpp>
#include <ordinaut/testing/fake_host.hpp>

using namespace ordinaut::testing;

int main() {
    FakeHost host;
    expect(host.start() == ORD_OK, "my_ext starts");

    const Outcome greeted = host.call("greet", R"({"name":"Ada"})");
    expect_equal(greeted.json, R"({"text":"Hello Ada"})", "greet greets by name");

    const Outcome nobody = host.call("greet", "{}");
    expect(nobody.status == ORD_E_INVALID, "greet wants a name");

    host.stop();
    for (const std::string& violation : host.violations()) expect(false, violation);
    return result();
}
