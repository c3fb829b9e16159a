// Any bytes as an expression, on data with every kind of value. It must end, and what it gives must
// be writable JSON.
#include "base/check.h"
#include "jmespath/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    using namespace ordinaut;
    static const Json data = std::move(*parse_json(
        R"({"a":{"b":{"c":[1,2.5,-3]}},"s":["x","\u0103","",{"n":1}],"t":true,"f":false,"n":null,"o":{},"e":[],)"
        R"("rows":[{"k":2,"v":"b"},{"k":1,"v":"a"}],"nested":[[1,[2]],[3]],"big":9007199254740993})"));
    const std::string_view source(reinterpret_cast<const char*>(bytes), size);
    const auto expression = jmespath::Expression::parse(source);
    if (!expression) return 0;
    CHECK(expression->source() == source);
    (void)expression->root_paths();
    if (const auto result = expression->evaluate(data))
        CHECK(parse_json(to_json(*result), {.bytes_max = SIZE_MAX}).ok());
    return 0;
}
