// Goal: the built-in extensions that answer HTTP load, are listed and answer. Method: the build
// tree's plugins, a real server.
#include <gmock/gmock.h>

#include "tests/ext/web_host.h"

namespace ordinaut {
namespace {

class BuiltinRoutesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BuiltinRoutesTest, TellsItsStatus) {
    const std::string id = GetParam();
    ext::HostOptions options;
    options.paths.builtin = {PLUGINS_DIR};
    WebHost web(std::move(options));
    EXPECT_THAT(web.info(id).routes, ::testing::Contains("GET /status"));
    const auto answer = web.client()->get("/ext/" + id + "/status");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(member(answer.body, "id"), id);
    EXPECT_EQ(member(answer.body, "version"), web.info(id).version);
    EXPECT_EQ(web.client("")->get("/ext/" + id + "/status").status, 401);
    EXPECT_EQ(web.info(id).state, ext::State::kRunning);
    EXPECT_THAT(web.info(id).warnings, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Plugins, BuiltinRoutesTest,
                         ::testing::Values("observability", "webui", "mcp_http", "events_demo"));

}  // namespace
}  // namespace ordinaut
