// A stream without a thread: the host's timer calls back, and the host's clock can be moved by a
// test.
#include <ordinaut/ordinaut.hpp>

#include <cstdlib>

namespace {

using namespace std::chrono_literals;

// Sends tick `n`, and the next one a second later. The copies of `stream` that the timer keeps are
// what keeps it open.
void tick(ordinaut::Host host, ordinaut::Stream stream, int n, int count) {
    if (stream.event("tick", std::to_string(n), std::to_string(n)) == ordinaut::Written::kGone)
        return;
    if (n == count) return stream.end();
    host.after(1s, [=](const ordinaut::Answer& answer) {
        if (answer.ok() && !stream.gone()) tick(host, stream, n + 1, count);
    });
}

struct Ticker : ordinaut::Extension {
    void setup(ordinaut::Setup& s) override {
        s.get("/ticks", [](ordinaut::Request& r) {
            tick(r.host(), r.stream(), 1, std::atoi(r.query("count", "0").c_str()));
        });
    }
};

}  // namespace
ORDINAUT_EXTENSION(Ticker)
