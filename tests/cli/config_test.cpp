// Goal: every setting comes from the right place, and nothing that is written down is ignored.
#include "cli/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempDir;
using testing::write_file;

class ConfigTest : public ::testing::Test {
protected:
    // Resolves with `toml` as the file.
    Result<ResolvedConfig> resolve(const std::string& toml,
                                   std::map<std::string, std::string> environment = {},
                                   std::map<std::string, std::string> flags = {}) {
        write_file(file_, toml);
        environment.emplace("HOME", dir_.path());
        return resolve_config({.flags = std::move(flags),
                               .environment = std::move(environment),
                               .config_file = file_});
    }
    // The message of the only fault; it must concern `pointer`.
    std::string fault(const Result<ResolvedConfig>& resolved, const std::string& pointer) {
        if (resolved.ok()) return "no fault";
        if (resolved.error().details.size() != 1 || resolved.error().details[0].pointer != pointer)
            return "other faults: " + resolved.error().message;
        return resolved.error().details[0].message;
    }
    std::string source(const ResolvedConfig& resolved, std::string_view name) {
        for (const Setting& setting : resolved.settings)
            if (setting.key->name == name) return setting.source;
        return "";
    }

    TempDir dir_;
    const std::string file_ = dir_ / "ordinaut.toml";
};

TEST_F(ConfigTest, DefaultsAreWhatTheTableSays) {
    const auto resolved = resolve("");
    ASSERT_OK(resolved);
    const ServerConfig& config = resolved->config;
    EXPECT_EQ(config.host, "127.0.0.1");
    EXPECT_EQ(config.port, 8080);
    EXPECT_TRUE(config.auth);
    EXPECT_THAT(config.roles, ElementsAre("api", "scheduler", "runner"));
    EXPECT_TRUE(config.has_role("runner"));
    EXPECT_EQ(config.lease_seconds, 30);
    EXPECT_EQ(config.default_timezone, "UTC");
    EXPECT_TRUE(config.ext_paths.empty());
    EXPECT_EQ(resolved->settings.size(), config_keys().size());
    for (const Setting& setting : resolved->settings)
        EXPECT_EQ(setting.source, "default") << setting.key->name;
}

TEST_F(ConfigTest, FlagsBeatEnvironmentBeatsFileBeatsDefaults) {
    const std::string toml = "port = 1\nhost = \"127.0.0.2\"\nlease_seconds = 60\n";
    const auto resolved =
        resolve(toml, {{"ORDINAUT_PORT", "2"}, {"ORDINAUT_HOST", "127.0.0.3"}}, {{"port", "3"}});
    ASSERT_OK(resolved);
    EXPECT_EQ(resolved->config.port, 3);
    EXPECT_EQ(source(*resolved, "port"), "flag --port");
    EXPECT_EQ(resolved->config.host, "127.0.0.3");
    EXPECT_EQ(source(*resolved, "host"), "environment ORDINAUT_HOST");
    EXPECT_EQ(resolved->config.lease_seconds, 60);
    EXPECT_EQ(source(*resolved, "lease_seconds"), file_ + ":3");
    EXPECT_EQ(source(*resolved, "drain_seconds"), "default");
}

TEST_F(ConfigTest, ACommandHasDefaultsOfItsOwn) {
    write_file(file_, "");
    const auto resolved = resolve_config({.flags = {},
                                          .environment = {{"HOME", dir_.path()}},
                                          .fallbacks = {{"require_scopes", "off"}},
                                          .config_file = file_});
    ASSERT_OK(resolved);
    EXPECT_FALSE(resolved->config.require_scopes);
}

TEST_F(ConfigTest, AnEmptyVariableCountsAsNotSet) {
    const auto resolved = resolve("port = 7", {{"ORDINAUT_PORT", ""}});
    ASSERT_OK(resolved);
    EXPECT_EQ(resolved->config.port, 7);
}

TEST_F(ConfigTest, ReadsEveryTypeFromTheFile) {
    const auto resolved = resolve(R"(
        auth = false
        roles = ["api", "runner"]
        ext_paths = ["/a/b", "/c"]
        ext_grants = { std = ["TOOLS"] }
        database_url = "postgresql://db/ordinaut"
        [extensions.http]
        allow_private = true
        timeout = 1.5
        hosts = ["a", "b"]
        since = 2026-03-01
    )");
    ASSERT_OK(resolved);
    const ServerConfig& config = resolved->config;
    EXPECT_FALSE(config.auth);
    EXPECT_THAT(config.roles, ElementsAre("api", "runner"));
    EXPECT_THAT(config.ext_paths, ElementsAre("/a/b", "/c"));
    EXPECT_EQ(config.ext_grants, R"({"std":["TOOLS"]})");
    EXPECT_EQ(config.extensions.at("http"),
              R"({"allow_private":true,"hosts":["a","b"],"since":"2026-03-01","timeout":1.5})");
}

TEST_F(ConfigTest, ReadsListsFromText) {
    const auto resolved =
        resolve("", {{"ORDINAUT_EXT_PATHS", "/a:/b c:"}}, {{"roles", "runner, api"}});
    ASSERT_OK(resolved);
    EXPECT_THAT(resolved->config.ext_paths, ElementsAre("/a", "/b c"));
    EXPECT_THAT(resolved->config.roles, ElementsAre("runner", "api"));
}

TEST_F(ConfigTest, UnknownNamesAreErrorsWithTheNearestName) {
    EXPECT_THAT(fault(resolve("prot = 1"), "prot"),
                AllOf(HasSubstr(":1: "), HasSubstr("did you mean 'port'?")));
    EXPECT_THAT(fault(resolve("", {{"ORDINAUT_ROLE", "api"}}), "ORDINAUT_ROLE"),
                HasSubstr("did you mean 'ORDINAUT_ROLES'?"));
    EXPECT_THAT(fault(resolve("extensions = 1"), "extensions"), HasSubstr("must be a table"));
    EXPECT_OK(resolve("", {{"ORDINAUT_TOKEN", "x"}, {"PATH", "/bin"}}));
}

TEST_F(ConfigTest, BadValuesNameKeySourceAndWhatIsRight) {
    struct Case {
        std::string key, value, expected;
    };
    const std::vector<Case> cases = {
        {"port", "70000", "a whole number from 0 to 65535"},
        {"port", "80a", "a whole number"},
        {"port", "", "a whole number"},
        {"auth", "maybe", "on or off"},
        {"roles", "api,worker", "api, scheduler or runner"},
        {"roles", "api,api", "api, scheduler or runner"},
        {"roles", "", "api, scheduler or runner"},
        {"log_level", "loud", "debug, info, warn or error"},
        {"ext_grants", "[1]", "a JSON object"},
        {"database_url", "mysql://x", "postgresql://"},
        {"redis_url", "rediss://x", "redis://host:port"},
        {"default_timezone", "Europe/Nowhere", "an IANA zone"},
        {"default_timezone", "../../etc/passwd", "an IANA zone"},
        {"lease_seconds", "5", "from 6 to 3600"},
    };
    for (const Case& c : cases)
        EXPECT_THAT(fault(resolve("", {}, {{c.key, c.value}}), c.key),
                    AllOf(HasSubstr("flag --"), HasSubstr(c.expected)))
            << c.key << "=" << c.value;
    EXPECT_THAT(fault(resolve("port = \"80\""), "port"),
                AllOf(HasSubstr(file_ + ":1"), HasSubstr("a whole number")));
    EXPECT_THAT(fault(resolve("port = 99999"), "port"),
                AllOf(HasSubstr(file_ + ":1"), HasSubstr("65535")));
}

TEST_F(ConfigTest, ReportsAllFaultsAtOnce) {
    const auto resolved = resolve("prot = 1\nhost = 3", {{"ORDINAUT_AUTH", "x"}});
    ASSERT_FALSE(resolved.ok());
    EXPECT_EQ(resolved.error().details.size(), 3U);
}

TEST_F(ConfigTest, AuthOffNeedsALoopbackAddress) {
    EXPECT_THAT(fault(resolve("", {}, {{"auth", "off"}, {"host", "0.0.0.0"}}), "auth"),
                HasSubstr("loopback"));
    EXPECT_OK(resolve("", {}, {{"auth", "off"}, {"host", "::1"}}));
}

TEST_F(ConfigTest, SecretsAreNeverShown) {
    const std::string key = "correct horse battery staple, twice";
    const auto resolved = resolve("", {{"JWT_SECRET_KEY", key},
                                       {"DATABASE_URL", "postgresql://ann:hunter2@db:5432/x"},
                                       {"REDIS_URL", "redis://:hunter2@redis:6379"}});
    ASSERT_OK(resolved);
    EXPECT_EQ(resolved->config.jwt_secret_key, key);
    for (const std::string& text : {config_text(*resolved), config_json(*resolved)}) {
        EXPECT_THAT(text, AllOf(Not(HasSubstr(key)), Not(HasSubstr("hunter2"))));
        EXPECT_THAT(text, AllOf(HasSubstr("postgresql://ann:***@db:5432/x"),
                                HasSubstr("redis://:***@redis:6379"),
                                HasSubstr("environment JWT_SECRET_KEY")));
    }
    EXPECT_THAT(fault(resolve("", {{"JWT_SECRET_KEY", "short"}}), "jwt_secret_key"),
                AllOf(HasSubstr("at least 32 characters"), Not(HasSubstr("short"))));
}

TEST_F(ConfigTest, SaysWhereTheFileIsBroken) {
    const auto resolved = resolve("port = \nhost = 1");
    ASSERT_FALSE(resolved.ok());
    EXPECT_THAT(resolved.error().message,
                AllOf(HasSubstr(file_ + ":1:"), HasSubstr("not valid TOML")));
    const auto missing =
        resolve_config({.flags = {}, .environment = {}, .config_file = dir_ / "none.toml"});
    ASSERT_FALSE(missing.ok());
    EXPECT_THAT(missing.error().message, HasSubstr("none.toml: No such file"));
}

TEST_F(ConfigTest, FindsTheFileInTheDataDirectory) {
    write_file(file_, "port = 9");
    const auto resolved = resolve_config({.flags = {{"data_dir", dir_.path()}}, .environment = {}});
    ASSERT_OK(resolved);
    EXPECT_EQ(resolved->config.port, 9);
    EXPECT_EQ(resolved->file, file_);
}

TEST(ConfigKeys, AreDeclaredCompletely) {
    std::set<std::string_view> names, variables;
    for (const ConfigKey& key : config_keys()) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name;
        EXPECT_TRUE(variables.insert(key.env).second) << key.env;
        EXPECT_TRUE(key.doc.ends_with('.')) << key.name;
        EXPECT_FALSE(type_text(key).empty());
    }
}

}  // namespace
}  // namespace ordinaut::cli
