// The real program with every extension that the tests of mcp_http need.
#pragma once
#include <gtest/gtest.h>

#include "tests/e2e/mcp_wire.h"

namespace ordinaut::testing {

class Mcp : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        host_ = new Host(
            {"--require-scopes", "on", "--ext-paths", GREETER_DIR ":" TELLER_DIR "/teller"});
    }
    static void TearDownTestSuite() {
        EXPECT_EQ(host_->stop(), 0) << host_->process().err();
        delete host_;
        host_ = nullptr;
    }
    static std::string url() { return host_->url() + kMcp; }
    static uint16_t port() {
        return static_cast<uint16_t>(std::stoi(host_->url().substr(host_->url().rfind(':') + 1)));
    }
    AgentLogin agent(const std::string& name, const std::string& scopes) {
        return log_in_new_agent(*http_, host_->url(), name, scopes);
    }
    std::string echo_task() {
        return create_task(*http_, task_json("std.echo", R"({"text":"hi"})"));
    }

    static inline Host* host_ = nullptr;
    std::unique_ptr<HttpClient> http_ = host_->client();
};

}  // namespace ordinaut::testing
