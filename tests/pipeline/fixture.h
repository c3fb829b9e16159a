// What the tests of pipelines share: JSON from text, definitions from text, and tools that answer
// when told to.
#pragma once
#include <gtest/gtest.h>

#include "pipeline/execution.h"

namespace ordinaut::pipeline {

inline Json json(std::string_view text) {
    auto parsed = parse_json(text, {.bytes_max = 16 << 20, .depth_max = 100});
    EXPECT_TRUE(parsed.ok()) << text.substr(0, 200);
    return parsed.ok() ? std::move(*parsed) : Json();
}

// "pointer: message" of every problem.
inline std::vector<std::string> problems_of(const std::vector<ErrorDetail>& details) {
    std::vector<std::string> lines;
    for (const ErrorDetail& detail : details)
        lines.push_back(detail.pointer + ": " + detail.message);
    return lines;
}

// Answers each call through `behave`; by default with its own input, at once. Thread-safe.
class FakeTool final : public tool::Tool {
public:
    using Behave = std::function<tool::CancelCall(tool::ToolCall, tool::Done)>;
    explicit FakeTool(std::string name, Behave behave = {},
                      tool::Effect effect = tool::Effect::kIdempotent,
                      std::string input_schema_json = {})
        : behave_(std::move(behave)) {
        spec_.name = std::move(name);
        spec_.effect = effect;
        spec_.input_schema_json = std::move(input_schema_json);
    }

    const tool::ToolSpec& spec() const override { return spec_; }
    tool::CancelCall start(tool::ToolCall call, tool::Done done) override {
        if (behave_) return behave_(std::move(call), std::move(done));
        tool::ToolResult result;
        result.output_json = call.input_json;
        done(std::move(result));
        return {};
    }

private:
    tool::ToolSpec spec_;
    Behave behave_;
};

}  // namespace ordinaut::pipeline
