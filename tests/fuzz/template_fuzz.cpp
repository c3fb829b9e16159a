// Any JSON as a step's input, or any bytes as one string of it: compiling and rendering end, and
// give JSON again.
#include "base/check.h"
#include "pipeline/template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    static const Json data = std::move(*parse_json(
        R"({"params":{"n":2,"s":"\u0103 \"q\"\n","list":[1,{"a":null}]},"steps":{"a":{"v":[1,2,3]}},"now":"2026-03-01T08:00:00Z"})"));
    static const std::map<std::string, std::string> secrets = {{"KEY", "a secret"}};
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto value = parse_json(text);
    if (!value) {
        value = parse_json(JsonWriter().string(text).take());
        if (!value) return 0;  // Not UTF-8.
    }
    const auto compiled = pipeline::Template::compile(*value, "/with");
    if (!compiled) return 0;
    const pipeline::Scope scope{
        .data = &data, .now = *parse_time("2026-03-01T08:00:00Z"), .secrets = &secrets};
    constexpr JsonLimits kAny{.bytes_max = SIZE_MAX, .depth_max = 300};
    if (const auto rendered = compiled->render(scope)) {
        CHECK(parse_json(rendered->json, kAny).ok());
        CHECK(parse_json(rendered->masked_json, kAny).ok());
    }
    std::vector<ErrorDetail> problems;
    CHECK(parse_json(compiled->preview(scope, problems), kAny).ok());
    return 0;
}
