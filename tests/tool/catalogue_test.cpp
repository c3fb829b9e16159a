// Goal: whoever calls a tool gets schemas enforced on both sides, and exactly one answer.
#include <gmock/gmock.h>

#include "tool/catalogue.h"

namespace ordinaut::tool {
namespace {

using ::testing::HasSubstr;

class FixedTool final : public Tool {
public:
    FixedTool(ToolSpec spec, ToolResult result)
        : spec_(std::move(spec)), result_(std::move(result)) {}
    const ToolSpec& spec() const override { return spec_; }
    CancelCall start(ToolCall call, Done done) override {
        last = std::move(call);
        done(ToolResult(result_));
        return [this] { canceled = true; };
    }
    ToolCall last;
    bool canceled = false;

private:
    ToolSpec spec_;
    ToolResult result_;
};

class CatalogueTest : public ::testing::Test {
protected:
    std::shared_ptr<FixedTool> add(const std::string& name, const std::string& output) {
        ToolSpec spec;
        spec.name = name;
        spec.input_schema_json =
            R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})";
        spec.output_schema_json = R"({"type":"object","required":["ok"]})";
        ToolResult result;
        result.output_json = output;
        auto tool = std::make_shared<FixedTool>(spec, result);
        EXPECT_TRUE(catalogue_.add(tool).ok());
        return tool;
    }
    ToolResult call(const std::string& name, const std::string& input) {
        ToolCall call;
        call.name = name;
        call.input_json = input;
        std::vector<ToolResult> results;
        catalogue_.invoke(std::move(call),
                          [&](ToolResult result) { results.push_back(std::move(result)); });
        EXPECT_EQ(results.size(), 1u);
        return results.empty() ? ToolResult{} : results.front();
    }
    Catalogue catalogue_;
};

TEST_F(CatalogueTest, AGoodCallGoesThrough) {
    const auto tool = add("a.t", R"({"ok":1})");
    const auto result = call("a.t", R"({"n":1})");
    EXPECT_EQ(result.outcome, Outcome::kOk);
    EXPECT_EQ(result.output_json, R"({"ok":1})");
    EXPECT_EQ(tool->last.input_json, R"({"n":1})");
}

TEST_F(CatalogueTest, BadInputNeverReachesTheTool) {
    const auto tool = add("a.t", R"({"ok":1})");
    for (const auto* input : {R"({"n":"x"})", "{}", R"({"n":1,"m":2})", "[]", "", "{"}) {
        EXPECT_EQ(call("a.t", input).outcome, Outcome::kTerminal) << input;
        EXPECT_EQ(tool->last.name, "");
    }
    EXPECT_THAT(call("a.t", R"({"n":"x"})").details_json, HasSubstr(R"("pointer":"/n")"));
}

TEST_F(CatalogueTest, AnInputIsCheckedWithoutACall) {
    const auto tool = add("a.t", R"({"ok":1})");
    EXPECT_TRUE(catalogue_.check_input("a.t", R"({"n":1})").ok());
    const Status wrong = catalogue_.check_input("a.t", R"({"n":"x"})");
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(wrong.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(wrong.error().details.at(0).pointer, "/n");
    EXPECT_EQ(catalogue_.check_input("a.x", "{}").error().code, ErrorCode::kNotFound);
    EXPECT_EQ(tool->last.name, "");
}

TEST_F(CatalogueTest, ABadAnswerIsTheToolsFault) {
    add("a.t", R"({"no":1})");
    add("a.text", "not json");
    EXPECT_THAT(call("a.t", R"({"n":1})").message, HasSubstr("output_schema"));
    EXPECT_EQ(call("a.text", R"({"n":1})").outcome, Outcome::kTerminal);
}

TEST_F(CatalogueTest, UnknownToolsGetASuggestion) {
    add("http.request", "{}");
    EXPECT_THAT(call("http.reqest", "{}").message, HasSubstr("did you mean 'http.request'?"));
    EXPECT_EQ(catalogue_.nearest("zzz"), "");
}

TEST_F(CatalogueTest, NamesAndSchemasAreCheckedOnce) {
    add("a.t", "{}");
    ToolSpec spec;
    spec.name = "a.t";
    EXPECT_EQ(catalogue_.add(std::make_shared<FixedTool>(spec, ToolResult{})).error().code,
              ErrorCode::kConflict);
    for (const auto* name : {"", "t", "A.t", "a.", ".t", "a..t", "a.b c"}) {
        spec.name = name;
        EXPECT_EQ(catalogue_.add(std::make_shared<FixedTool>(spec, ToolResult{})).error().code,
                  ErrorCode::kInvalid)
            << name;
    }
    spec.name = "a.bad";
    spec.input_schema_json = R"({"type":"objekt"})";
    EXPECT_THAT(catalogue_.add(std::make_shared<FixedTool>(spec, ToolResult{})).error().message,
                HasSubstr("input_schema of tool 'a.bad'"));
}

TEST_F(CatalogueTest, RemovedToolsAreGone) {
    add("a.t", "{}");
    add("a.u", "{}");
    catalogue_.remove("a.t");
    catalogue_.remove("a.t");
    EXPECT_EQ(catalogue_.find("a.t"), nullptr);
    ASSERT_EQ(catalogue_.list().size(), 1u);
    EXPECT_EQ(catalogue_.list().front().name, "a.u");
}

}  // namespace
}  // namespace ordinaut::tool
