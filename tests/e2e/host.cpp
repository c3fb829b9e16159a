#include "tests/e2e/host.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "tests/support/test_servers.h"

namespace ordinaut::testing {
namespace {

using namespace std::chrono_literals;

// Nothing of the tester's own surroundings: settings there would change what is tested.
std::map<std::string, std::string> clean_environment(const std::string& home) {
    return {{"HOME", home}, {"LANG", "C.UTF-8"}, {"NO_COLOR", "1"}};
}

[[noreturn]] void give_up(Process& process, const char* what) {
    std::fprintf(stderr, "%s\n--- stdout\n%s--- stderr\n%s\n", what, process.out().c_str(),
                 process.err().c_str());
    std::abort();
}

std::string word_after(const std::string& line, const std::string& label) {
    const size_t start = line.find_first_not_of(' ', line.find(label) + label.size());
    return line.substr(start, line.find_first_of(" \n", start) - start);
}

std::string ready_url(Process& process) {
    const auto line = process.wait_for_line("  API ", 120s);
    if (!line || !process.wait_for_line("Ready in", 10s))
        give_up(process, "the server did not get ready");
    return word_after(*line, "  API ");
}

std::string log_in(const std::string& url, const std::string& agent_id,
                   const std::string& agent_secret) {
    HttpClient http(url);
    const auto answer = http.post("/agents/auth/token", JsonWriter()
                                                            .begin_object()
                                                            .field("agent_id", agent_id)
                                                            .field("agent_secret", agent_secret)
                                                            .end_object()
                                                            .take());
    const auto json = parse_json(answer.body);
    if (answer.status != 200 || !json.ok()) {
        std::fprintf(stderr, "log-in failed: %d %s %s\n", answer.status, answer.body.c_str(),
                     answer.error.c_str());
        std::abort();
    }
    return std::string(string_or(*json, "access_token", ""));
}

}  // namespace

Host::Host(std::vector<std::string> arguments, std::string data_dir)
    : arguments_(std::move(arguments)), data_dir_(std::move(data_dir)) {
    if (data_dir_.empty()) {
        dir_ = std::make_unique<TempDir>();
        data_dir_ = *dir_ / "data";
    }
    start();
}

void Host::start() {
    ProcessOptions options{.argv = {ORDINAUT_BINARY, "up", "--port", "0", "--data-dir", data_dir_}};
    options.argv.insert(options.argv.end(), arguments_.begin(), arguments_.end());
    options.env = clean_environment(data_dir_);
    options.clean_env = true;
    process_ = std::make_unique<Process>(std::move(options));
    url_ = ready_url(*process_);
    const auto credentials = parse_json(read_file(data_dir_ + "/credentials.json"));
    if (!credentials.ok()) give_up(*process_, "credentials.json is not readable");
    token_ = log_in(url_, std::string(string_or(*credentials, "agent_id", "")),
                    std::string(string_or(*credentials, "agent_secret", "")));
}

std::unique_ptr<HttpClient> Host::client() const {
    auto http = std::make_unique<HttpClient>(url_);
    http->set_token(token_);
    return http;
}

Outcome Host::cli(std::vector<std::string> arguments, const std::string& stdin_text) const {
    ProcessOptions options{.argv = {ORDINAUT_BINARY}};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.env = clean_environment(data_dir_);
    options.env["ORDINAUT_DATA_DIR"] = data_dir_;
    options.clean_env = true;
    options.stdin_text = stdin_text;
    return run_process(std::move(options), 60s);
}

void Host::kill() {
    process_->signal_group(SIGKILL);
    process_->wait_exit(10s);
}

int Host::stop() {
    process_->signal(SIGTERM);
    return process_->wait_exit(60s).value_or(-1);
}

Cluster::Cluster() : database_url_(TestServers::instance().new_database()) {
    ProcessOptions options{.argv = {ORDINAUT_BINARY, "migrate"}};
    options.env = clean_environment("/tmp");
    options.env["DATABASE_URL"] = database_url_;
    options.clean_env = true;
    const Outcome migrated = run_process(std::move(options), 60s);
    if (migrated.exit_code != 0) {
        std::fprintf(stderr, "migrate failed: %s%s\n", migrated.out.c_str(), migrated.err.c_str());
        std::abort();
    }
}

Process& Cluster::serve(const std::string& roles, std::vector<std::string> arguments) {
    ProcessOptions options{.argv = {ORDINAUT_BINARY, "serve", "--port", "0", "--roles=" + roles}};
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.env = clean_environment("/tmp");
    options.env["DATABASE_URL"] = database_url_;
    options.env["REDIS_URL"] = TestServers::instance().redis_url();
    // 32 bytes in base64; the processes of a cluster share it.
    options.env["ORDINAUT_SECRET_KEY"] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    options.clean_env = true;
    Process& process = *processes_.emplace_back(std::make_unique<Process>(std::move(options)));
    const std::string url = ready_url(process);
    last_url_ = url;
    if (token_.empty()) {
        const auto id = process.wait_for_line("agent_id ", 1s),
                   secret = process.wait_for_line("agent_secret ", 1s);
        if (!id || !secret) give_up(process, "the first process did not show the admin's secret");
        url_ = url;
        token_ = log_in(url_, word_after(*id, "agent_id "), word_after(*secret, "agent_secret "));
    }
    return process;
}

Outcome Cluster::run(std::vector<std::string> arguments) const {
    ProcessOptions options{.argv = std::move(arguments)};
    options.argv.insert(options.argv.begin(), ORDINAUT_BINARY);
    options.env = clean_environment("/tmp");
    options.env["DATABASE_URL"] = database_url_;
    options.clean_env = true;
    return run_process(std::move(options), 60s);
}

std::unique_ptr<HttpClient> Cluster::client(const std::string& url) const {
    auto http = std::make_unique<HttpClient>(url);
    http->set_token(token_);
    return http;
}

AgentLogin log_in_new_agent(HttpClient& admin, const std::string& url, const std::string& name,
                            const std::string& scopes) {
    const Json made = body_of(
        admin.post("/agents", R"({"name":")" + name + R"(","scopes":)" + scopes + "}"), 201);
    AgentLogin login{std::string(string_or(made, "agent_id", "")), "",
                     std::make_unique<HttpClient>(url)};
    login.token = log_in(url, login.id, std::string(string_or(made, "agent_secret", "")));
    login.client->set_token(login.token);
    return login;
}

Json body_of(const HttpAnswer& answer, int status) {
    EXPECT_EQ(answer.status, status) << answer.body << answer.error;
    auto json = parse_json(answer.body.empty() ? "null" : answer.body, {.bytes_max = 64 << 20});
    EXPECT_TRUE(json.ok()) << answer.body.substr(0, 1000);
    return json.ok() ? std::move(*json) : Json();
}

std::string task_json(const std::string& uses, const std::string& with, const std::string& more,
                      const std::string& when) {
    return R"({"title":"test",)" + when + R"(,"payload":{"pipeline":[{"id":"a","uses":")" + uses +
           R"(","with":)" + with + "}]}" + more + "}";
}

bool eventually(std::chrono::milliseconds limit, const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

Json wait_for_run(HttpClient& http, const std::string& id) {
    Json run;
    eventually(30s, [&] {
        run = body_of(http.get("/runs/" + id), 200);
        const JsonValue* success = find(run, "success");
        return success != nullptr && !success->IsNull();
    });
    return run;
}

std::string create_task(HttpClient& http, const std::string& body) {
    return std::string(string_or(body_of(http.post("/tasks", body), 201), "id", ""));
}

std::string run_now(HttpClient& http, const std::string& task_id) {
    return std::string(
        string_or(body_of(http.post("/tasks/" + task_id + "/run_now", "{}"), 202), "id", ""));
}

}  // namespace ordinaut::testing
