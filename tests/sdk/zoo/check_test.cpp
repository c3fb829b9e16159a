// Goal: `ordinaut ext check` finds each fault, names the part and says how to mend it. Method: the
// zoo.
#include "ext_check/check.h"
#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace ordinaut::ext_check {
namespace {

using ::testing::HasSubstr;

struct Fault {
    const char* id;
    const char* part;     // Empty: whichever notices first.
    const char* message;  // The very words; "#" stands for a number that varies.
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.id; }

Report check_animal(const std::string& id) {
    return check({.folder = std::string(ZOO_DIR) + "/" + id, .timeout = std::chrono::seconds(10)});
}

bool says(const std::string& given, const std::string& wanted) {
    return given == wanted || (wanted.find('#') != std::string::npos &&
                               std::regex_replace(given, std::regex("[0-9]+"), "#") == wanted);
}

class CheckTest : public ::testing::TestWithParam<Fault> {};

TEST_P(CheckTest, FindsIt) {
    const Report report = check_animal(GetParam().id);
    EXPECT_FALSE(report.good());
    for (const auto& part : report.parts)
        for (const auto& finding : part.findings)
            if ((*GetParam().part == 0 || part.name == GetParam().part) &&
                says(finding.message, GetParam().message)) {
                EXPECT_NE(finding.hint, "");
                return;
            }
    ADD_FAILURE() << render(report, "text");
}

const Fault kFaults[] = {
    {"is_text", "module", "libis_text.so is not an ELF file"},
    {"is_cut_off", "module",
     "libis_cut_off.so is cut off; copy it again, under another name, and rename it into place"},
    {"is_missing", "module", "libis_missing.so is missing"},
    {"no_entry", "module",
     "libno_entry.so does not export ordinaut_extension_v1(); add ORDINAUT_EXTENSION(YourClass), "
     "and build with ordinaut_add_extension()"},
    {"entry_is_data", "module",
     "libentry_is_data.so exports ordinaut_extension_v1, but it is not a function; it must be one"},
    {"undefined_symbol", "load",
     "libundefined_symbol.so cannot be loaded: undefined symbol: a_function_nobody_defines"},
    {"throws_while_loading", "load",
     "crashed (SIGABRT) in the dynamic linker or a static initialiser"},
    {"other_version", "load",
     "the descriptor says version '0.9.0', the manifest says '1.0.0'; they must be equal: build it "
     "again"},
    {"refuses_silently", "life", "create returned ORD_E_INTERNAL, without a word why"},
    {"start_fails", "life", "start returned ORD_E_CONFLICT: the port is taken"},
    {"forgets_its_tool", "life",
     "the manifest declares the tool 'run', but the code does not register it"},
    {"other_schemas", "life",
     "the tool 'run' is registered with other schemas than the manifest's"},
    {"finishes_twice", "life", "tool 'run': finished twice; the second answer is ignored"},
    {"answers_and_fails", "life",
     "tool 'run': returned 15 after it had been answered; then the return value must be ORD_OK"},
    {"answers_nonsense", "life", "tool 'run': its result is not JSON: {not json"},
    {"never_answers", "life", "tool 'run' did not end within 2 s of being canceled"},
    {"ignores_cancel", "life", "tool 'run' did not end within 2 s of being canceled"},
    {"keeps_buffers", "life", "1 ord_buf not given back with buf_release()"},
    {"listens_to_nobody", "life", "it asked for something asynchronous, but has a null on_async"},
    {"changes_directory", "life", "it changed the working directory"},
    {"catches_signals", "life", "it installed a handler for SIGUSR1"},
    {"throws_in_tool", "life", "an exception crossed the boundary: boom"},
    {"breaks_its_schema", "calls",
     "tool 'run' answered [1], which its output_schema refuses: must be an object, got an array"},
    {"leaks_memory", "leaks", "memory grows by about # bytes with each life"},
    {"leaks_files", "leaks", "file descriptors are left open: # after # lives"},
    {"calls_after_the_end", "", "it called the host after destroy() had returned"},
    {"leaks_threads", "leaks", "threads are left behind: # after # lives"},
    {"reads_too_far", "layouts", "crashed (SIGSEGV) in tool 'run'"},
    {"exits", "life", "ended the whole process with exit code 3 in tool 'run'"},
    {"crashes", "life", "crashed (SIGSEGV) in tool 'run'"},
    {"corrupts_the_heap", "life", "crashed (SIGABRT) in tool 'run'"},
    {"overflows_the_stack", "life", "crashed (SIGSEGV) in tool 'run'"},
    {"never_comes_back", "life", "did not come back within 10 s from tool 'run'"},
};
INSTANTIATE_TEST_SUITE_P(Zoo, CheckTest, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return info.param.id; });

TEST(Check, WhatIsWellBehavedPasses) {
    const Report report = check_animal("well_behaved");
    EXPECT_TRUE(report.good()) << render(report, "text");
    for (const auto& part : report.parts) {
        EXPECT_TRUE(part.ran) << part.name;
        EXPECT_TRUE(part.findings.empty()) << part.name << ": " << part.findings.front().message;
    }
}
TEST(Check, WhatIsDeclaredInVainIsAWarning) {
    const Report report = check_animal("forgets_its_task");
    EXPECT_TRUE(report.good()) << render(report, "text");
    const std::string text = render(report, "text");
    EXPECT_THAT(text, HasSubstr("the manifest declares the background task 'poll', but the code "
                                "has not spawned it"));
    EXPECT_THAT(
        text, HasSubstr("/scopes/1: nobody can grant it here: unknown scope 'tasks:reed'; did you "
                        "mean 'tasks:read'? There are tasks:read, "));
}
TEST(Check, TheBuiltInExtensionsPass) {
    for (const char* id : {"std", "http"}) {
        const Report report = check({.folder = std::string(PLUGINS_DIR) + "/" + id});
        EXPECT_TRUE(report.good()) << render(report, "text");
    }
}
TEST(Check, TheExamplesPass) {
    for (const char* id : {"greeter", "items", "ticker", "slow_copy", "planner", "event_counter",
                           "poller", "site"}) {
        const Report report = check({.folder = std::string(EXAMPLES_DIR) + "/" + id});
        EXPECT_TRUE(report.good()) << render(report, "text");
    }
}
TEST(Check, NoFolder) {
    const Report report = check_animal("there_is_no_such_animal");
    EXPECT_FALSE(report.good());
    EXPECT_THAT(render(report, "text"), HasSubstr("there_is_no_such_animal'"));
    const Report empty = check({.folder = std::string(EXAMPLES_DIR)});
    EXPECT_THAT(render(empty, "text"), HasSubstr("extension.json is missing"));
}
TEST(Check, JsonSaysWhatTextSays) {
    const auto json = parse_json(render(check_animal("is_text"), "json"));
    ASSERT_TRUE(json.ok());
    EXPECT_EQ(string_or(*json, "id", ""), "is_text");
    EXPECT_FALSE(find(*json, "passed")->GetBool());
    EXPECT_EQ(find(*json, "errors")->GetInt(), 1);
    const JsonValue& module = (*find(*json, "parts"))[1];
    EXPECT_EQ(string_or((*find(module, "findings"))[0], "message", ""),
              "libis_text.so is not an ELF file");
    EXPECT_FALSE(find((*find(*json, "parts"))[2], "ran")->GetBool());
}
TEST(Check, JunitIsXmlWithEscapes) {
    const Report report{"x",
                        {{.name = "life",
                          .title = "a <b>",
                          .findings = {{Severity::kError, "life", "\"1\" & <2>\x01", "do"}},
                          .seconds = 0.5,
                          .ran = true}}};
    const std::string xml = render(report, "junit");
    EXPECT_THAT(xml,
                HasSubstr(R"(<testsuite name="ext check x" tests="1" failures="1" skipped="0">)"));
    EXPECT_THAT(xml,
                HasSubstr(R"(<failure message="a &lt;b&gt;">&quot;1&quot; &amp; &lt;2&gt;\x01)"));
}

}  // namespace
}  // namespace ordinaut::ext_check
