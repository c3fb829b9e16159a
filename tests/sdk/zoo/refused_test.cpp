// Goal: an extension that cannot be loaded is refused in one sentence, and the others go on.
// Method: one real library for each way.
#include <gmock/gmock.h>

#include "tests/plugins/running_host.h"
#include "tests/sdk/zoo/documented.h"

namespace ordinaut {
namespace {

struct Refusal {
    const char* id;
    const char* reason;  // What GET /extensions says, after "<id>: ".
};
void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.id; }

class RefusedTest : public ::testing::TestWithParam<Refusal> {
protected:
    RefusedTest() {
        ext::HostOptions options;
        options.paths.builtin = {std::string(ZOO_DIR) + "/well_behaved",
                                 std::string(ZOO_DIR) + "/" + GetParam().id};
        options.paths.drop_in = std::exchange(options.paths.builtin, {});
        options.policy.drop_in = ext::DropInPolicy::kManifest;
        running_.host.start(std::move(options));
    }
    RunningHost running_;
};

TEST_P(RefusedTest, InOneSentence) {
    const std::string id = GetParam().id, reason = id + ": " + GetParam().reason;
    const auto loaded = running_.host.load(id);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(running_.info(id).state, ext::State::kError);
    EXPECT_EQ(running_.info(id).reason, reason);
    EXPECT_TRUE(is_documented(GetParam().reason)) << "not in docs/extensions/refused.md";
    const auto called = running_.call(id + ".run", "{}");
    EXPECT_EQ(called.outcome, tool::Outcome::kTerminal);
    EXPECT_EQ(called.message, "extension '" + id + "' is error: " + reason +
                                  "; once that is mended, `ordinaut ext reload " + id +
                                  "` starts it");
    EXPECT_TRUE(is_documented(called.message)) << called.message;
    EXPECT_EQ(running_.call("well_behaved.run", "{}").outcome, tool::Outcome::kOk);
}

const Refusal kRefusals[] = {
    {"is_missing", "libis_missing.so: the module is missing"},
    {"is_text", "libis_text.so is not an ELF file"},
    {"is_cut_off",
     "libis_cut_off.so is cut off; copy it again, under another name, and rename it into place"},
    {"no_entry",
     "libno_entry.so does not export ordinaut_extension_v1(); add ORDINAUT_EXTENSION(YourClass), "
     "and build with "
     "ordinaut_add_extension()"},
    {"entry_is_data",
     "libentry_is_data.so exports ordinaut_extension_v1, but it is not a function; it must be one"},
    {"undefined_symbol",
     "libundefined_symbol.so cannot be loaded: undefined symbol: a_function_nobody_defines"},
    {"null_descriptor",
     "libnull_descriptor.so: ordinaut_extension_v1() returned null: it cannot run here"},
    {"later_abi", "the descriptor says ABI 2, this host speaks 1"},
    {"short_descriptor",
     "the descriptor has struct_size 40, at least 160 is needed; set it to "
     "sizeof(ord_extension_v1)"},
    {"other_id",
     "the descriptor says id 'somebody', the manifest says 'other_id'; they must be equal"},
    {"other_version",
     "the descriptor says version '0.9.0', the manifest says '1.0.0'; they must be equal: build it "
     "again"},
    {"no_threads", "the descriptor says max_concurrency 0; it must be 1 to 256"},
    {"null_create",
     "the descriptor has a null create; every entry but the optional ones must be set"},
    {"null_on_tool",
     "the descriptor has a null on_tool; every entry but the optional ones must be set"},
    {"throws_in_entry", "libthrows_in_entry.so: ordinaut_extension_v1() threw an exception"},
    {"refuses_silently", "create returned ORD_E_INTERNAL"},
    {"refuses_with_words", "create returned ORD_E_DENIED: the licence has expired"},
    {"start_fails", "start returned ORD_E_CONFLICT: the port is taken"},
    {"other_schemas",
     "create returned ORD_E_INVALID: 'other_schemas.run' is registered with other schemas than the "
     "manifest's"},
    {"broken_schema",
     "create returned ORD_E_INVALID: 'broken_schema.extra' cannot be registered: the input_schema "
     "of tool "
     "'broken_schema.extra' is not usable: /type: must be array, boolean, integer, null, number, "
     "object or string, or a list of them"},
    {"forgets_its_tool",
     "the manifest declares the tool 'forgets_its_tool.run', but the code does not register it"},
    {"makes_many_tools", "create returned ORD_E_LIMIT: not all of its 2001 tools were taken"},
    {"asks_for_more", "create returned ORD_E_DENIED: the route /hello was refused"},
};
INSTANTIATE_TEST_SUITE_P(Zoo, RefusedTest, ::testing::ValuesIn(kRefusals),
                         [](const auto& info) { return info.param.id; });

TEST(Absent, ADisabledOneSaysHowToEnableIt) {
    RunningHost running;
    ext::HostOptions options;
    options.paths.drop_in = {ZOO_DIR "/well_behaved"};
    options.policy.drop_in = ext::DropInPolicy::kManifest;
    running.host.start(std::move(options));
    EXPECT_EQ(running.call("well_behaved.walk", "{}").message,
              "there is no tool 'well_behaved.walk'; did you mean 'well_behaved.run'?");
    ASSERT_TRUE(running.host.disable("well_behaved").ok());
    const std::string told = running.call("well_behaved.run", "{}").message;
    EXPECT_EQ(told,
              "there is no tool 'well_behaved.run': extension 'well_behaved' is disabled; an "
              "operator enables it with `ordinaut ext enable well_behaved`");
    EXPECT_TRUE(is_documented(told)) << told;
    ASSERT_TRUE(running.host.enable("well_behaved").ok());
    EXPECT_EQ(running.call("well_behaved.run", "{}").outcome, tool::Outcome::kOk);
}

TEST(Absent, OneWithoutAManifestSaysWhatIsWrongWithIt) {
    RunningHost running;
    ext::HostOptions options;
    options.paths.drop_in = {ZOO_DIR "/there_is_no_such_animal"};
    running.host.start(std::move(options));
    EXPECT_EQ(running.call("there_is_no_such_animal.run", "{}").message,
              "there is no tool 'there_is_no_such_animal.run': extension 'there_is_no_such_animal' "
              "is error: " +
                  running.info("there_is_no_such_animal").reason +
                  "; once that is mended, `ordinaut ext reload there_is_no_such_animal` starts it");
}

TEST(Denied, WithoutToolsNothingIsOffered) {
    RunningHost running;
    ext::HostOptions options;
    options.paths.drop_in = {ZOO_DIR "/well_behaved"};
    options.policy.drop_in = ext::DropInPolicy::kExplicit;
    running.host.start(std::move(options));
    EXPECT_EQ(running.catalogue.find("well_behaved.run"), nullptr);
    const auto called = running.call("well_behaved.run", "{}");
    EXPECT_EQ(called.outcome, tool::Outcome::kTerminal);
    EXPECT_EQ(called.message,
              "there is no tool 'well_behaved.run': extension 'well_behaved' is not granted TOOLS; "
              "an operator grants it with `ordinaut ext grant well_behaved TOOLS`");
    EXPECT_TRUE(is_documented(called.message)) << called.message;
    EXPECT_FALSE(running.host.load("well_behaved").ok());
    EXPECT_THAT(running.info("well_behaved").reason, ::testing::HasSubstr("ORD_E_DENIED"));
    EXPECT_THAT(running.info("well_behaved").warnings,
                ::testing::Contains(::testing::HasSubstr("TOOLS is asked for, but not granted")));
}

}  // namespace
}  // namespace ordinaut
