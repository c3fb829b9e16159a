// A host with the extension `versioned` in a folder of its own, where its versions follow each
// other.
#pragma once
#include <gmock/gmock.h>
#include <fstream>
#include <thread>

#include "tests/ext/version_folder.h"
#include "tests/plugins/running_host.h"
#include "tests/support/result_matchers.h"

namespace ordinaut {

class VersionedTest : public ::testing::Test {
protected:
    VersionedTest() { running_.start(folder_); }

    void put(int version, int salt = 0) const { versions_.put(version, salt); }
    std::future<tool::ToolResult> begin(const std::string& tool) {
        tool::ToolCall call;
        call.name = "versioned." + tool;
        call.input_json = "{}";
        return running_.begin(std::move(call));
    }
    // A call that today's generation has begun and keeps until it is told to finish.
    std::future<tool::ToolResult> hold() {
        auto held = begin("hold");
        while (answer("holding") == "0") std::this_thread::yield();
        return held;
    }
    // A member of what `run` answers.
    std::string answer(const std::string& member) {
        const auto result = running_.call("versioned.run", "{}");
        EXPECT_EQ(result.outcome, tool::Outcome::kOk) << result.message;
        const auto json = parse_json(result.output_json);
        return json.ok() && find(*json, member) != nullptr ? to_json(*find(*json, member)) : "";
    }
    ext::ExtensionInfo info() const { return running_.info("versioned"); }
    // Waits for earlier generations to end.
    bool drained() const {
        for (int n = 0; n < 10'000 && info().draining > 0; ++n)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return info().draining == 0;
    }

    const VersionFolder versions_;
    const std::filesystem::path folder_ = versions_.path();
    RunningHost running_;
};

}  // namespace ordinaut
