// A host with the extension `versioned` in a folder of its own, where its versions follow each other.
#pragma once
#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>
#include <thread>

#include "tests/plugins/running_host.h"
#include "tests/support/result_matchers.h"

namespace ordinaut {

class VersionedTest : public ::testing::Test {
protected:
    VersionedTest() {
        std::string name = std::filesystem::temp_directory_path() / "versioned_XXXXXX";
        folder_ = mkdtemp(name.data());
        std::filesystem::create_directory(folder_ / "versioned");
        put(1);
        running_.start(folder_);
    }
    ~VersionedTest() override { std::filesystem::remove_all(folder_); }

    // Puts version 1 to 4 into the folder (3 has no reconfigure, 4 does not start); another `salt` makes other bytes.
    void put(int version, int salt = 0) {
        const std::filesystem::path from = VERSIONED_DIR "/" + std::to_string(version) + "/versioned";
        for (const char* name : {"libversioned.so", "extension.json"}) {
            const auto fresh = folder_ / "versioned" / (std::string(name) + ".new");
            std::filesystem::copy_file(from / name, fresh, std::filesystem::copy_options::overwrite_existing);
            if (salt != 0 && std::string_view(name).ends_with(".so")) std::ofstream(fresh, std::ios::app) << salt;
            std::filesystem::rename(fresh, folder_ / "versioned" / name);
        }
    }
    std::future<tool::ToolResult> begin(const std::string& tool) {
        tool::ToolCall call;
        call.name = "versioned." + tool;
        call.input_json = "{}";
        return running_.begin(std::move(call));
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
        for (int n = 0; n < 10'000 && info().draining > 0; ++n) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return info().draining == 0;
    }

    std::filesystem::path folder_;
    RunningHost running_;
};

}  // namespace ordinaut
