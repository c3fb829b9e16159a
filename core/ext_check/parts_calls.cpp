// Calls, good and bad.
#include <atomic>
#include <clocale>
#include <csignal>
#include <random>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "base/json_schema.h"
#include "ext/invocation.h"
#include "ext_check/parts.h"
#include "ext_check/sample.h"

namespace ordinaut::ext_check {
namespace {

constexpr int kRoundsOfCancel = 30;
constexpr int kCallsOfEachThread = 50;

// What belongs to the whole process and no extension may change.
struct ProcessState {
    std::string directory, locale;
    mode_t umask_bits = 0;
    std::vector<std::pair<int, const void*>> handlers;
    std::vector<std::string> environment;

    static ProcessState now() {
        ProcessState state;
        state.directory = std::filesystem::current_path().string();
        state.locale = std::setlocale(LC_ALL, nullptr);
        state.umask_bits = umask(0);
        umask(state.umask_bits);
        for (int number = 1; number < 32; ++number) {
            struct sigaction action {};
            if (sigaction(number, nullptr, &action) == 0)
                state.handlers.emplace_back(number,
                                            reinterpret_cast<const void*>(action.sa_handler));
        }
        for (char** entry = environ; *entry != nullptr; ++entry)
            state.environment.emplace_back(*entry);
        return state;
    }
};

void compare(const ProcessState& before, const ProcessState& after, Reporter& reporter) {
    const std::string hint =
        "it belongs to the whole server: keep to your own threads, files and settings";
    if (before.directory != after.directory)
        reporter.error("it changed the working directory", hint);
    if (before.locale != after.locale) reporter.error("it changed the locale", hint);
    if (before.umask_bits != after.umask_bits) reporter.error("it changed the umask", hint);
    if (before.environment != after.environment) reporter.error("it changed the environment", hint);
    for (size_t n = 0; n < before.handlers.size() && n < after.handlers.size(); ++n)
        if (before.handlers[n] != after.handlers[n])
            reporter.error("it installed a handler for SIG" +
                               std::string(sigabbrev_np(before.handlers[n].first)),
                           hint);
}

// An empty one leaves it to the manifest.
bool differs(const std::string& given, const std::string& declared) {
    if (given.empty()) return false;
    const auto left = parse_json(given), right = parse_json(declared);
    return !left.ok() || !right.ok() || *left != *right;
}

void compare_registered(const Subject& subject, const testing::FakeHost& host, Reporter& reporter) {
    std::set<std::string> registered;
    for (const auto& spec : host.tools()) registered.insert(spec.name);
    for (const auto& spec : host.tools())
        for (const auto& declared : subject.manifest.tools)
            if (spec.name == bare_name(declared) &&
                (differs(spec.input_schema_json, declared.input_schema_json) ||
                 differs(spec.output_schema_json, declared.output_schema_json)))
                reporter.error(
                    "the tool '" + spec.name +
                        "' is registered with other schemas than the manifest's",
                    "leave the schemas empty where you register it: extension.json has them");
    for (const auto& spec : subject.manifest.tools)
        if (registered.erase(bare_name(spec)) == 0)
            reporter.error("the manifest declares the tool '" + bare_name(spec) +
                               "', but the code does not register it",
                           "register it in create(), or remove it from extension.json");
    for (const auto& name : registered)
        reporter.note("the tool '" + name + "' is registered, but not declared in extension.json",
                      "declare it there, so that it is listed before the extension is loaded");
}

void compare_spawned(const Subject& subject, const std::set<std::string>& spawned,
                     Reporter& reporter) {
    for (const auto& declared : subject.manifest.background)
        if (spawned.count(declared.name) == 0)
            reporter.warning("the manifest declares the background task '" + declared.name +
                                 "', but the code has not spawned it",
                             "spawn it in create() or start(), or remove it from extension.json");
}

void take_spawned(const testing::FakeHost& host, std::set<std::string>& spawned) {
    for (const auto& [handle, task] : host.tasks()) spawned.insert(task.name);
}

const std::vector<std::string>& bad_inputs() {
    static const std::vector<std::string> kInputs = {
        "",
        "{",
        "[]",
        "null",
        "\"text\"",
        "{\"a\":",
        "{\"name\":\"\xff\xfe\"}",
        "\xc3\x28",
        "{\"name\":\"\\ud800\"}",
        std::string("{\"a\":\"\0\"}", 9),
        "{\"name\":1e999}",
        std::string(5000, '['),
        "{\"name\":\"" + std::string(1 << 20, 'a') + "\"}"};
    return kInputs;
}

}  // namespace

void live_once(const Subject& subject, Reporter& reporter) {
    const ProcessState before = ProcessState::now();
    Life life(subject, reporter);
    if (!life.begin()) return;
    compare_registered(subject, life.host(), reporter);
    std::set<std::string> spawned;
    take_spawned(life.host(), spawned);
    life.use_everything();
    take_spawned(life.host(), spawned);
    compare_spawned(subject, spawned, reporter);
    life.end();
    compare(before, ProcessState::now(), reporter);
}

void call_tools(const Subject& subject, Reporter& reporter) {
    Life life(subject, reporter);
    if (!life.begin()) return;
    for (const auto& spec : subject.manifest.tools) {
        if (!may_call(spec)) continue;
        const std::string input = sample_of(spec.input_schema_json),
                          what = "tool '" + bare_name(spec) + "'";
        reporter.entering(what + " with " + input);
        const auto outcome = life.settle(life.host().begin(bare_name(spec), input), what);
        if (!outcome.ok()) {
            reporter.note(what + " failed with the made-up input " + input + ": " + outcome.message,
                          "give its schema a \"default\" or \"examples\" that works");
            continue;
        }
        if (spec.output_schema_json.empty()) continue;
        const auto schema = JsonSchema::compile(std::string_view(spec.output_schema_json));
        const auto result = parse_json(outcome.json, {64u << 20, 100});
        if (!schema.ok() || !result.ok()) continue;
        if (const auto fits = schema->validate(*result); !fits.ok())
            reporter.error(what + " answered " + outcome.json.substr(0, 200) +
                               ", which its output_schema refuses: " + fits.error().message,
                           "correct the answer or the schema; the host fails such a call");
    }
    reporter.entering("tool 'no_such_tool'");
    if (life.host().descriptor().on_tool != nullptr && life.host().call("no_such_tool", "{}").ok())
        reporter.warning("a tool that does not exist answers ORD_OK",
                         "return ORD_E_NOT_FOUND for names you do not know");
    life.end();
}

void give_bad_input(const Subject& subject, Reporter& reporter) {
    Life life(subject, reporter);
    // The host never lets such input through; only that nothing breaks matters.
    life.ignore("is not JSON");
    if (!life.begin()) return;
    for (const auto& input : bad_inputs()) {
        const std::string shown = input.size() > 40 ? input.substr(0, 40) + "…" : input;
        for (const auto& spec : life.host().tools()) {
            reporter.entering("tool '" + spec.name + "' with " + shown);
            life.settle(life.host().begin(spec.name, input), "tool '" + spec.name + "'");
        }
        for (const auto& route : life.host().routes()) {
            const std::string method = route.method.empty() ? "POST" : route.method,
                              what = method + " " + path_of(route);
            reporter.entering(what + " with the body " + shown);
            testing::HttpOptions options;
            options.body = input;
            options.headers = {{"content-type", "application/json"}, {"x-odd", "\xff"}};
            life.settle(life.host().begin_http(method, path_of(route) + "?q=%ff&q&=", options),
                        what);
        }
        for (const auto& subscription : life.host().subscriptions()) {
            reporter.entering("event '" + topic_of(subscription) + "' with " + shown);
            testing::EventOptions options;
            options.ns = subscription.ns;
            for (const auto& call : life.host().deliver(topic_of(subscription), input, options))
                life.settle(call, "event '" + topic_of(subscription) + "'");
        }
    }
    life.end();
}

void cancel_at_random(const Subject& subject, Reporter& reporter) {
    Life life(subject, reporter);
    if (!life.begin()) return;
    std::mt19937 random(20260101);
    std::uniform_int_distribution<int> spins(0, 20'000);
    for (const auto& spec : subject.manifest.tools) {
        if (!may_call(spec)) continue;
        const std::string input = sample_of(spec.input_schema_json),
                          what = "tool '" + bare_name(spec) + "', canceled at a random point";
        reporter.entering(what);
        for (int round = 0; round < kRoundsOfCancel; ++round) {
            const auto call = life.host().begin(bare_name(spec), input);
            // A while.
            for (int left = spins(random); left > 0; --left)
                std::atomic_signal_fence(std::memory_order_seq_cst);
            call.cancel();
            call.wait();
            if (!call.ended()) {
                reporter.error(
                    what + ", did not end within 2 s",
                    "take on_cancel(), or look at cancelled(), and finish with ORD_E_CANCELED");
                break;
            }
        }
    }
    life.end();
}

void call_in_parallel(const Subject& subject, Reporter& reporter) {
    Life life(subject, reporter);
    if (!life.begin()) return;
    reporter.entering("calls from several threads");
    std::vector<std::thread> threads;
    for (uint32_t n = 0; n < std::min(life.host().descriptor().max_concurrency, 8u); ++n)
        threads.emplace_back([&] {
            for (const auto& spec : subject.manifest.tools) {
                if (spec.effect != tool::Effect::kPure) continue;
                const std::string input = sample_of(spec.input_schema_json);
                for (int count = 0; count < kCallsOfEachThread; ++count) {
                    const auto call = life.host().begin(bare_name(spec), input);
                    call.wait();
                    if (!call.ended()) return;
                }
            }
        });
    for (auto& thread : threads) thread.join();
    life.end();
}

}  // namespace ordinaut::ext_check
