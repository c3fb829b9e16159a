// Goal: the samples in manifests/ are what their folders say, and an error names its place.
// An invalid sample carries the pointer its error must name in "x_pointer".
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "ext/manifest.h"

namespace ordinaut::ext {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

std::map<std::string, std::string> samples(const std::string& folder) {
    std::map<std::string, std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator(MANIFESTS_DIR "/" + folder)) {
        std::ostringstream text;
        const std::ifstream in(entry.path());
        text << in.rdbuf();
        texts[entry.path().filename()] = text.str();
    }
    return texts;
}

TEST(Manifest, ValidSamplesAreAccepted) {
    EXPECT_GE(samples("valid").size(), 3u);
    for (const auto& [name, text] : samples("valid")) {
        const auto json = parse_json(text);
        ASSERT_TRUE(json.ok()) << name;
        const auto manifest = parse_manifest(text, string_or(*json, "id", ""));
        ASSERT_TRUE(manifest.ok()) << name << ": " << manifest.error().message;
        EXPECT_THAT(manifest->warnings, ::testing::IsEmpty()) << name;
    }
}

TEST(Manifest, InvalidSamplesAreRefusedAtTheirPlace) {
    EXPECT_GE(samples("invalid").size(), 10u);
    for (const auto& [name, text] : samples("invalid")) {
        const auto json = parse_json(text);
        ASSERT_TRUE(json.ok()) << name;
        const auto manifest = parse_manifest(text, "sample");
        ASSERT_FALSE(manifest.ok()) << name;
        EXPECT_THAT(manifest.error().details,
                    Contains(Field(&ErrorDetail::pointer, string_or(*json, "x_pointer", "?"))))
            << name;
    }
}

TEST(Manifest, UnknownKeysAreWarnings) {
    const auto manifest = parse_manifest(
        R"({"id":"sample","name":"S","version":"1.0.0","module":"libsample.so","abi":"1.0","egaer":true})",
        "sample");
    ASSERT_TRUE(manifest.ok()) << manifest.error().message;
    EXPECT_THAT(manifest->warnings,
                ::testing::ElementsAre("/egaer: unknown key, ignored; did you mean 'eager'?"));
}

// Not an error: it may be of a later host.
TEST(Manifest, UnknownScopesAreWarnings) {
    const auto manifest = parse_manifest(
        R"({"id":"sample","name":"S","version":"1.0.0","module":"libsample.so","abi":"1.0",)"
        R"("scopes":["tasks:read","ext:other:tools","viewer","moon:land"]})",
        "sample");
    ASSERT_TRUE(manifest.ok()) << manifest.error().message;
    EXPECT_THAT(manifest->warnings,
                ::testing::ElementsAre(
                    "/scopes/3: nobody can grant it here: unknown scope 'moon:land'. There are "
                    "tasks:read, tasks:write, runs:read, runs:write, events:publish, agents:admin, "
                    "queue:admin, extensions:admin, tools:invoke, admin, ext:<id>:routes, "
                    "ext:<id>:tools, and the roles viewer, operator and owner"));
}

TEST(Manifest, SaysUnderWhichNameAToolIsOfferedToAssistants) {
    const auto named = [](const std::string& mcp) {
        const auto manifest = parse_manifest(
            R"({"id":"sample","name":"S","version":"1.0.0","module":"libsample.so","abi":"1.0",)"
            R"("capabilities":["TOOLS"],"tools":[{"name":"greet","description":"Greets.")" +
                mcp + "}]}",
            "sample");
        EXPECT_TRUE(manifest.ok()) << manifest.error().message;
        return manifest->tools.at(0).mcp_name;
    };
    EXPECT_EQ(named(""), "");
    EXPECT_EQ(named(R"(,"mcp":{"expose":false,"name":"hello"})"), "");
    EXPECT_EQ(named(R"(,"mcp":{"expose":true})"), "sample_greet");
    EXPECT_EQ(named(R"(,"mcp":{"expose":true,"name":"hello"})"), "hello");
}

TEST(Manifest, GrantsIsTheOldNameOfCapabilities) {
    const auto manifest = parse_manifest(
        R"({"id":"sample","name":"S","version":"1.0.0","module":"libsample.so","abi":"1.0","grants":["TOOLS"]})",
        "sample");
    ASSERT_TRUE(manifest.ok()) << manifest.error().message;
    EXPECT_TRUE(manifest->asked.has(Grant::kTools));
}

TEST(Manifest, ANewerAbiSaysSo) {
    const auto manifest = parse_manifest(
        R"({"id":"sample","name":"S","version":"1.0.0","module":"libsample.so","abi":"1.9"})",
        "sample");
    ASSERT_FALSE(manifest.ok());
    EXPECT_THAT(manifest.error().message, HasSubstr("needs a newer host"));
}

}  // namespace
}  // namespace ordinaut::ext
