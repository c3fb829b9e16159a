// Lives it a hundred times and counts what is left over.
#include <malloc.h>

#include <thread>

#include "ext_check/parts.h"
#include "ext_check/sample.h"

namespace ordinaut::ext_check {
namespace {

constexpr int kRounds = 100;
// Less than this in a round is noise of the allocator.
constexpr size_t kBytesOfARound = 16;

struct Held {
    size_t bytes = 0, threads = 0, files = 0;
};

size_t entries(const char* folder) {
    size_t count = 0;
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem))
        ++count;
    return count;
}

Held held_now() {
    const auto heap = mallinfo2();
    return {heap.uordblks + heap.hblkhd, entries("/proc/self/task"), entries("/proc/self/fd")};
}

// A joined thread may stay in the list for a moment.
Held held_when_quiet(const Held& hoped) {
    Held held = held_now();
    for (int tries = 0; held.threads > hoped.threads && tries < 200; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        held = held_now();
    }
    return held;
}

}  // namespace

void live_a_hundred_times(const Subject& subject, Reporter& reporter) {
    // What takes long is called in other parts.
    std::vector<std::pair<std::string, std::string>> quick;
    for (const auto& spec : subject.manifest.tools)
        if (may_call(spec)) quick.emplace_back(bare_name(spec), sample_of(spec.input_schema_json));
    Held third, two_thirds;
    for (int round = 1; round <= kRounds; ++round) {
        {
            Life life(subject, reporter);
            if (!life.begin()) return;
            for (auto tool = quick.begin(); tool != quick.end();) {
                const auto begun = std::chrono::steady_clock::now();
                reporter.entering("tool '" + tool->first + "', in life " + std::to_string(round));
                life.settle(life.host().begin(tool->first, tool->second),
                            "tool '" + tool->first + "'");
                if (std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(20))
                    tool = quick.erase(tool);
                else
                    ++tool;
            }
        }
        if (round == kRounds / 3) third = held_now();
        if (round == kRounds * 2 / 3) two_thirds = held_now();
    }
    const Held last = held_when_quiet(third);
    const size_t rounds = kRounds / 3;
    const auto grew = [](size_t from, size_t to) { return to > from ? to - from : 0; };
    const size_t early = grew(third.bytes, two_thirds.bytes) / rounds,
                 late = grew(two_thirds.bytes, last.bytes) / rounds;
    if (early >= kBytesOfARound && late >= kBytesOfARound)
        reporter.error("memory grows by about " + std::to_string(std::min(early, late)) +
                           " bytes with each life",
                       "free in destroy() what create() and the calls allocated; -fsanitize=leak "
                       "or valgrind names the place");
    if (grew(third.threads, last.threads) >= rounds)
        reporter.error(
            "threads are left behind: " + std::to_string(grew(third.threads, last.threads)) +
                " after " + std::to_string(2 * rounds) + " lives",
            "join every thread in stop()");
    if (grew(third.files, last.files) >= rounds)
        reporter.error(
            "file descriptors are left open: " + std::to_string(grew(third.files, last.files)) +
                " after " + std::to_string(2 * rounds) + " lives",
            "close in stop() or destroy() what was opened");
}

}  // namespace ordinaut::ext_check
