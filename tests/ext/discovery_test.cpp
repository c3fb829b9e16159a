// Goal: every folder is found in order, and what is wrong with one is said in one sentence that
// names the file.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>
#include <map>

#include "ext/discovery.h"

namespace ordinaut::ext {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DiscoveryTest : public ::testing::Test {
protected:
    DiscoveryTest() {
        std::string name = fs::temp_directory_path() / "discovery_XXXXXX";
        root_ = mkdtemp(name.data());
    }
    ~DiscoveryTest() override { fs::remove_all(root_); }
    void write(const std::string& folder, const std::string& manifest) {
        fs::create_directories(root_ / folder);
        std::ofstream(root_ / folder / "extension.json") << manifest;
    }
    static std::string manifest(const std::string& id) {
        return R"({"id":")" + id + R"(","name":"N","version":"1.0.0","module":"lib)" + id +
               R"(.so","abi":"1.0"})";
    }
    fs::path root_;
};

TEST_F(DiscoveryTest, ThreeSourcesInTheirOrder) {
    write("built/zeta", manifest("zeta"));
    write("drop/alpha", manifest("alpha"));
    write("single", manifest("single"));
    write("packages/beta", manifest("beta"));
    const auto found = discover({{root_ / "built", root_ / "absent"},
                                 {root_ / "drop/", root_ / "single/"},
                                 {root_ / "packages"}});
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].id, "zeta");
    EXPECT_EQ(found[0].source, Source::kBuiltin);
    EXPECT_EQ(found[1].id, "alpha");
    EXPECT_EQ(found[2].id, "single");
    EXPECT_EQ(found[2].source, Source::kPath);
    EXPECT_EQ(found[3].source, Source::kPackage);
    for (const auto& one : found) EXPECT_TRUE(one.manifest) << one.error;
}

TEST_F(DiscoveryTest, ALaterOneWithTheSameIdIsAnError) {
    write("built/twin", manifest("twin"));
    write("drop/twin", manifest("twin"));
    const auto found = discover({{root_ / "built"}, {root_ / "drop"}, {}});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_TRUE(found[0].manifest);
    EXPECT_FALSE(found[1].manifest);
    EXPECT_THAT(found[1].error,
                HasSubstr("twin/extension.json: /id 'twin' is taken by a built-in extension"));
}

TEST_F(DiscoveryTest, WhatCannotBeReadIsListedUnderItsFoldersName) {
    write("drop/broken", "{");
    write("drop/renamed", manifest("original"));
    const auto found = discover({{}, {root_ / "drop", root_ / "missing"}, {}});
    ASSERT_EQ(found.size(), 3u);
    EXPECT_THAT(found[0].error, HasSubstr("broken/extension.json: "));
    EXPECT_EQ(found[1].id, "renamed");
    EXPECT_THAT(found[1].error, HasSubstr("the folder is called 'renamed'"));
    EXPECT_THAT(found[2].error, HasSubstr("there is no such folder"));
    for (const auto& one : found) EXPECT_THAT(one.error, ::testing::Not(HasSubstr(root_.string())));
}

// A folder that was meant to be an extension is never passed over in silence.
TEST_F(DiscoveryTest, WhatCannotBeLookedIntoIsListedToo) {
    write("drop/good", manifest("good"));
    fs::create_directories(root_ / "drop/not_one");
    fs::create_directories(root_ / "drop/manifest_loop");
    fs::create_symlink("extension.json", root_ / "drop/manifest_loop/extension.json");
    fs::create_directories(root_ / "drop/manifest_gone");
    fs::create_symlink("nowhere", root_ / "drop/manifest_gone/extension.json");
    fs::create_directories(root_ / "drop/manifest_folder/extension.json");
    fs::create_symlink("loop", root_ / "drop/loop");
    fs::create_symlink("nowhere", root_ / "drop/gone");
    fs::create_symlink("me@machine.17", root_ / "drop/.#good");  // An editor's.
    std::map<std::string, std::string> errors;
    for (const auto& one : discover({{}, {root_ / "drop"}, {}})) errors[one.id] = one.error;
    const std::string dead = "is a link that leads nowhere; correct it or remove it";
    const std::map<std::string, std::string> wanted = {
        {"good", ""},
        {"gone", "gone: " + dead},
        {"loop", "loop: " + dead},
        {"manifest_folder", "manifest_folder/extension.json: is not a file"},
        {"manifest_gone", "manifest_gone/extension.json: " + dead},
        {"manifest_loop", "manifest_loop/extension.json: " + dead}};
    EXPECT_EQ(errors, wanted);
}

TEST_F(DiscoveryTest, AFolderThatIsGoneSaysSo) {
    EXPECT_EQ(read_extension(root_ / "left", Source::kPath).error, "left: its folder is gone");
}

TEST(SplitPaths, ColonsSeparate) {
    EXPECT_THAT(split_paths(":/a::b:"), ::testing::ElementsAre("/a", "b"));
    EXPECT_THAT(split_paths(""), ::testing::IsEmpty());
}

}  // namespace
}  // namespace ordinaut::ext
