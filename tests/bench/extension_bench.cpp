// What the ABI costs: the same tool called directly, through the host on the same thread, and
// through its worker threads; how long the first call of a lazy extension takes, and finding 200
// extensions. `allocations` is per call.
#include <benchmark/benchmark.h>
#include <ordinaut/tools.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <new>

#include "base/log.h"
#include "ext/host.h"
#include "ext/instance.h"

namespace {
// Of this thread: to count for all of them would be most of what is measured.
thread_local uint64_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace ordinaut {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::string kInput = R"({"text":"a short question"})";

// The other side of the same code without a host: it keeps the answer as the host does.
std::string direct_answer;
ord_status register_nothing(ord_handle, const ord_tool_spec*) { return ORD_OK; }
const ord_tools_v1 direct_tools = {
    sizeof(ord_tools_v1), 0, register_nothing, nullptr, nullptr, nullptr, nullptr};
ord_status find_tools(ord_handle, ord_str, uint32_t, const void** table, uint32_t*) {
    return *table = &direct_tools, ORD_OK;
}
ord_status keep_answer(ord_handle, ord_status status, ord_str json, ord_str) {
    return direct_answer = std::string(json.ptr, json.len), status;
}
const ord_host_v1 direct_host = {
    sizeof(ord_host_v1), 0, find_tools, keep_answer, nullptr, nullptr, nullptr, nullptr};

class BenchHome final : public ext::Home {
public:
    Status offer(const tool::ToolSpec&) override { return ok(); }
    void retract(const std::string&) override {}
    void hand_back(const ext::InvocationRef&) override {}
    std::shared_ptr<ext::ExtensionLog> log() override { return log_; }

private:
    std::shared_ptr<ext::ExtensionLog> log_ = std::make_shared<ext::ExtensionLog>();
};

void count_allocations(benchmark::State& state, uint64_t before) {
    state.counters["allocations"] =
        static_cast<double>(allocations - before) / static_cast<double>(state.iterations());
}

tool::ToolCall new_call() {
    tool::ToolCall call;
    call.name = "echo.run";
    call.input_json = kInput;
    return call;
}

// The extension's code without a host.
struct BareEcho {
    const std::shared_ptr<const ext::Library> library =
        *ext::Library::open(fs::path(ECHO_DIR "/echo/libecho.so"));
    const ord_extension_v1& table = library->descriptor();
    void* instance = nullptr;
    BareEcho() { table.create(&direct_host, 1, {}, &instance); }
};

void call_directly(benchmark::State& state) {
    const BareEcho echo;
    ord_call context{};
    context.struct_size = sizeof context;
    const uint64_t before = allocations;
    for (auto _ : state) {
        const ord_tool_call call{
            sizeof call, 0, &context, {"run", 3}, {kInput.data(), kInput.size()}};
        echo.table.on_tool(echo.instance, &call);
        benchmark::DoNotOptimize(direct_answer);
    }
    count_allocations(state, before);
}
BENCHMARK(call_directly);

// The same code without an ABI: a tool of the core, which gets a call and completes it.
class CoreEcho final : public tool::Tool {
public:
    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        ord_call context{};
        context.struct_size = sizeof context;
        const ord_tool_call raw{
            sizeof raw, 0, &context, {"run", 3}, {call.input_json.data(), call.input_json.size()}};
        echo_.table.on_tool(echo_.instance, &raw);
        tool::ToolResult result;
        result.output_json = std::move(direct_answer);
        done(std::move(result));
        return {};
    }

private:
    const tool::ToolSpec spec_;
    const BareEcho echo_;
};

void call_a_core_tool(benchmark::State& state) {
    const std::unique_ptr<tool::Tool> echo = std::make_unique<CoreEcho>();
    benchmark::DoNotOptimize(echo.get());
    std::string answer;
    const uint64_t before = allocations;
    for (auto _ : state) {
        echo->start(new_call(),
                    [&](tool::ToolResult&& result) { answer = std::move(result.output_json); });
        benchmark::DoNotOptimize(answer);
    }
    count_allocations(state, before);
}
BENCHMARK(call_a_core_tool);

// With all that making the call takes. `counted`: with the metrics that a server keeps of every
// call.
void call_through_host(benchmark::State& state) {
    const bool deadline = state.range(0) != 0;
    metrics::Registry registry;
    tool::ToolSpec spec;
    spec.name = "echo.run";
    spec.extension_id = "echo";
    const auto meter =
        state.range(1) == 0 ? nullptr : std::make_shared<ext::ToolMeter>(&registry, spec);
    tool::Catalogue tools;
    ext::Deadlines deadlines;
    ext::Workers core_calls(1);
    ext::Workers blocking_calls(1);
    ext::TaskLeases task_leases(nullptr, {});
    ext::InstanceContext context{tools, deadlines, core_calls, {}, task_leases, blocking_calls};
    const auto found = ext::read_extension(ECHO_DIR "/echo", ext::Source::kBuiltin);
    const auto home = std::make_shared<BenchHome>();
    const auto instance =
        *ext::Instance::start(context, *found.manifest, found.manifest->asked, "{}",
                              *ext::Library::open(fs::path(ECHO_DIR "/echo/libecho.so")), home);
    std::string answer;
    const uint64_t before = allocations;
    for (auto _ : state) {
        auto call = new_call();
        if (deadline) call.deadline = std::chrono::steady_clock::now() + 60s;
        instance->call_here(
            std::move(call),
            [&](tool::ToolResult&& result) { answer = std::move(result.output_json); }, meter);
        benchmark::DoNotOptimize(answer);
    }
    count_allocations(state, before);
    instance->stop(std::chrono::steady_clock::now() + 1s);
}
BENCHMARK(call_through_host)
    ->ArgNames({"deadline", "counted"})
    ->Args({0, 0})
    ->Args({1, 0})
    ->Args({0, 1});

void make_a_call(benchmark::State& state) {
    const uint64_t before = allocations;
    for (auto _ : state) {
        auto call = new_call();
        benchmark::DoNotOptimize(call);
    }
    count_allocations(state, before);
}
BENCHMARK(make_a_call);

ext::HostOptions options_of(const std::string& folder) {
    ext::HostOptions options;
    options.paths.builtin = {folder};
    return options;
}

tool::ToolResult call_and_wait(const tool::Catalogue& tools) {
    std::promise<tool::ToolResult> promise;
    tools.invoke(new_call(),
                 [&](tool::ToolResult result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
}

// As the runner calls it: schemas are checked, a worker thread of the extension answers.
void call_through_catalogue(benchmark::State& state) {
    tool::Catalogue tools;
    ext::Host host(tools, {});
    host.start(options_of(ECHO_DIR));
    call_and_wait(tools);
    for (auto _ : state) benchmark::DoNotOptimize(call_and_wait(tools));
}
BENCHMARK(call_through_catalogue)->UseRealTime();

void first_call_of_a_lazy_extension(benchmark::State& state) {
    for (auto _ : state) {
        state.PauseTiming();
        {
            tool::Catalogue tools;
            ext::Host host(tools, {});
            host.start(options_of(ECHO_DIR));
            state.ResumeTiming();
            call_and_wait(tools);
            state.PauseTiming();
        }
        state.ResumeTiming();
    }
}
BENCHMARK(first_call_of_a_lazy_extension)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(100);

void discover_200_extensions(benchmark::State& state) {
    std::string name = fs::temp_directory_path() / "bench_XXXXXX";
    const fs::path folder = mkdtemp(name.data());
    for (int n = 0; n < 200; ++n) {
        const std::string id = "ext_" + std::to_string(n);
        fs::create_directory(folder / id);
        std::ofstream(folder / id / "extension.json")
            << R"({"id":")" << id
            << R"(","name":"N","version":"1.0.0","module":"libx.so","abi":"1.0","capabilities":["TOOLS","ROUTES"],"tools":[)"
            << R"({"name":"one","description":"One.","input_schema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},)"
            << R"({"name":"two","description":"Two.","output_schema":{"type":"object"}}],"routes":[{"path":"/hello"}]})";
    }
    for (auto _ : state) {
        tool::Catalogue tools;
        ext::Host host(tools, {});
        host.start(options_of(folder));
        if (tools.list().size() != 400) state.SkipWithError("not all were found");
    }
    fs::remove_all(folder);
}
BENCHMARK(discover_200_extensions)->UseRealTime()->Unit(benchmark::kMillisecond);

// State changes are logged; what is measured here is not the terminal.
const bool quiet = (log_configure(LogLevel::kOff, LogFormat::kText), true);

}  // namespace
}  // namespace ordinaut
