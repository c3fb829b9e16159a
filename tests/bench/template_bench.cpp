// What rendering a step's input costs.
#include <benchmark/benchmark.h>

#include "pipeline/definition.h"

namespace {

using namespace ordinaut;

const char* const kPayload = R"({"params":{"city":"Chisinau","n":7},"pipeline":[
  {"id":"a","uses":"std.echo","with":{"text":"Good morning, ${params.city}: ${steps.w.body.temp}","raw":"${steps.w.body}","n":"${params.n}"}}]})";

void parse_definition(benchmark::State& state) {
    const auto payload = parse_json(R"({"params":{"city":"Chisinau","n":7},"pipeline":[
      {"id":"w","uses":"std.echo","with":{"n":1}},
      {"id":"a","uses":"std.echo","with":{"text":"Good morning, ${params.city}: ${steps.w.body.temp}","n":"${params.n}"}}]})");
    for (auto _ : state)
        benchmark::DoNotOptimize(pipeline::Definition::parse(*payload, "/payload", nullptr));
}
BENCHMARK(parse_definition);

void render_three_templates(benchmark::State& state) {
    const auto payload = parse_json(kPayload);
    const auto with = pipeline::Template::compile((*payload)["pipeline"][0]["with"], "/with");
    const auto data = parse_json(
        R"({"params":{"city":"Chisinau","n":7},"steps":{"w":{"body":{"temp":21.5,"wind":[1,2,3]}}},"now":"2026-03-01T06:00:00Z"})");
    const std::map<std::string, std::string> secrets;
    for (auto _ : state)
        benchmark::DoNotOptimize(
            with->render({&*data, *parse_time("2026-03-01T06:00:00Z"), &secrets}));
}
BENCHMARK(render_three_templates);

}  // namespace
