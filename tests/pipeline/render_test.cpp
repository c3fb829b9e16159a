#include "pipeline/render.h"

#include "tests/pipeline/fixture.h"

namespace ordinaut::pipeline {
namespace {

// Goal: everything that can be known is shown, nothing is called, no secret is needed, and one bad
// step does not hide the rest.
TEST(Render, ShowsWhatIsKnownAndMarksTheRest) {
    const auto definition = Definition::parse(json(R"({"params":{"n":2},"pipeline":[
        {"id":"a","uses":"x.y","if":"params.n == `2`","with":{"n":"${params.n}","key":"k ${secrets.KEY}"}},
        {"id":"b","uses":"x.y","if":"steps.a.ok","with":{"v":"${steps.a.v}","t":"is ${steps.a.v} ${now}"}},
        {"id":"c","uses":"x.y","if":"params.missing","with":{"v":"${params.missing}","w":"${event.x || 'd'}"}}]})"),
                                              "/payload", nullptr);
    ASSERT_TRUE(definition.ok()) << definition.error().message;
    const auto steps = render(*definition, {.now = *parse_time("2026-03-01T08:00:00Z")});
    JsonWriter writer;
    write_json(writer, *definition, steps);
    EXPECT_EQ(
        writer.take(),
        R"({"steps":[{"id":"a","uses":"x.y","save_as":"a","runs":true,"input":{"n":2,"key":"k ********"},"problems":[]},)"
        R"({"id":"b","uses":"x.y","save_as":"b","runs":null,"input":{"v":"«steps.a.v»","t":"is «steps.a.v» 2026-03-01T08:00:00Z"},"problems":[]},)"
        R"({"id":"c","uses":"x.y","save_as":"c","runs":false,"input":{"v":null,"w":"d"},"problems":[{"pointer":"/payload/pipeline/2/with/v",)"
        R"("message":"params.missing is missing; write ${params.missing || 'default'} to allow that"}]}],"warnings":[]})");
}

TEST(Render, GivenParamsReplaceTheDefinitions) {
    const auto definition = Definition::parse(
        json(
            R"({"params":{"n":2},"pipeline":[{"id":"a","uses":"x.y","with":{"n":"${params.n}"}}]})"),
        "/payload", nullptr);
    ASSERT_TRUE(definition.ok());
    const Json data = json(R"({"params":{"n":3}})");
    EXPECT_EQ(render(*definition, {.data = &data})[0].input_json, R"({"n":3})");
}

TEST(Render, GivenResultsAreUsed) {
    const auto definition = Definition::parse(
        json(R"({"pipeline":[{"id":"a","uses":"x.y"},{"id":"b","uses":"x.y","if":"steps.a.ok"},
        {"id":"c","uses":"x.y","with":{"v":"${steps.a.v}","w":"${steps.b}","x":"${steps.a.nope}"}}]})"),
        "/payload", nullptr);
    ASSERT_TRUE(definition.ok());
    const Json data = json(R"({"steps":{"a":{"ok":true,"v":[1]}}})");
    const auto steps = render(*definition, {.data = &data});
    EXPECT_EQ(steps[1].runs, true);
    EXPECT_EQ(steps[2].input_json, R"({"v":[1],"w":"«steps.b»","x":null})");
    ASSERT_EQ(steps[2].problems.size(), 1u);
    EXPECT_EQ(steps[2].problems[0].pointer, "/payload/pipeline/2/with/x");
}

}  // namespace
}  // namespace ordinaut::pipeline
