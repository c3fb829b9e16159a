// Background tasks, each of one kind; its configuration names those it spawns. The tool "reached"
// answers once a task was started n times, "returned" once a start has ended n times.
#include <condition_variable>
#include <ordinaut/ordinaut.hpp>

namespace {
using namespace std::chrono_literals;

class Counts {
public:
    void add(const std::string& name) {
        const std::lock_guard lock(mutex_);
        ++counts_[name];
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            if (at->name != name || counts_[name] < at->n) {
                ++at;
                continue;
            }
            at->answer.ok({{"n", counts_[name]}});
            at = waiting_.erase(at);
        }
    }
    void wait(const std::string& name, int64_t n, const ordinaut::Completion& answer) {
        const std::lock_guard lock(mutex_);
        if (counts_[name] >= n)
            answer.ok({{"n", counts_[name]}});
        else
            waiting_.push_back({name, n, answer});
    }

private:
    struct Waiting {
        std::string name;
        int64_t n;
        ordinaut::Completion answer;
    };
    std::mutex mutex_;
    std::map<std::string, int64_t> counts_;
    std::vector<Waiting> waiting_;
};

struct Worker : ordinaut::Extension {
    Counts counts;

    void setup(ordinaut::Setup& s) override {
        s.tool("reached", [this](ordinaut::ToolCall& call) {
            counts.wait(call.arg("name"), call.arg<int64_t>("n"), call.later());
        });
        const ordinaut::Json* tasks = s.config().find("tasks");
        if (tasks == nullptr) return;
        for (const auto& task : tasks->items()) spawn(s, task.as_string());
    }

    void spawn(ordinaut::Setup& s, const std::string& name) {
        if (name == "ticks")
            s.background(name, {.period = 2ms, .cluster = false},
                         [this](ordinaut::TaskToken&) { counts.add("ticks"); });
        if (name == "shared") {
            s.background(name, {}, [this](ordinaut::TaskToken& token) {
                counts.add("shared");
                while (token.sleep(1h)) {
                }
                counts.add("shared returned");
            });
        }
        if (name == "fails") {
            s.background(
                name, {.backoff_min = 1ms, .backoff_max = 4ms, .max_failures = 3, .cluster = false},
                [this](ordinaut::TaskToken& token) {
                    counts.add("fails");
                    if (token.restarts() == 2) counts.add("third");
                    throw std::runtime_error("the door is locked");
                });
        }
        if (name == "recovers") {
            s.background(name, {.backoff_min = 1ms, .cluster = false},
                         [this](ordinaut::TaskToken& token) {
                             if (token.restarts() < 2)
                                 throw ordinaut::CallError(ORD_E_RETRYABLE, "not yet");
                             counts.add("recovers");
                         });
        }
        if (name == "stuck") {
            s.background(name, {.heartbeat = 5ms, .cluster = false},
                         [this](ordinaut::TaskToken& token) {
                             counts.add("stuck");
                             while (!token.stopping()) std::this_thread::yield();
                         });
        }
        if (name == "alive") {
            s.background(name, {.heartbeat = 400ms, .cluster = false},
                         [this](ordinaut::TaskToken& token) {
                             while (token.sleep(500ms) && token.heartbeat()) counts.add("alive");
                         });
        }
    }
};
}  // namespace
ORDINAUT_EXTENSION(Worker)
