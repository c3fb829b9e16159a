// Goal: what an extension keeps is there for every process, guarded by revisions. Method: a real
// library over PostgreSQL.
#include "tests/ext/database.h"
#include "tests/plugins/running_host.h"

namespace ordinaut {
namespace {

using tool::Outcome;

struct KeeperProcess {
    explicit KeeperProcess(const std::string& url) : database(open_database(url)), host(seams()) {
        host.start(USES_DIR);
        EXPECT_TRUE(host.host.load("keeper").ok()) << host.info("keeper").reason;
    }
    ext::Seams seams() {
        ext::Seams seams;
        seams.kv = &database->stores().kv;
        return seams;
    }
    std::string call(const std::string& tool, const std::string& input) {
        const auto result = host.call("keeper." + tool, input);
        return result.outcome == Outcome::kOk ? result.output_json : result.message;
    }
    std::unique_ptr<store::postgres::Database> database;
    RunningHost host;
};

TEST(Kv, WhatOneProcessPutsAnotherGets) {
    const std::string url = new_database_url();
    KeeperProcess first(url), second(url);
    EXPECT_EQ(first.call("put", R"({"key": "a", "value": "{\"x\":[1,2]}"})"),
              R"({"status":0,"json":{"revision":1}})");
    EXPECT_EQ(second.call("get", R"({"key": "a"})"),
              R"({"status":0,"json":{"value":{"x":[1,2]},"revision":1}})");
    EXPECT_EQ(second.call("erase", R"({"key": "a"})"), R"({"status":0,"json":{"erased":true}})");
    EXPECT_EQ(first.call("erase", R"({"key": "a"})"), R"({"status":0,"json":{"erased":false}})");
    EXPECT_EQ(first.call("get", R"({"key": "a"})"),
              R"({"status":4,"json":{"message":"there is no such key"}})");
}

TEST(Kv, ARevisionGuardsAChange) {
    KeeperProcess process(new_database_url());
    EXPECT_EQ(process.call("put", R"({"key": "a", "value": "1", "expected": 0})"),
              R"({"status":0,"json":{"revision":1}})");
    EXPECT_EQ(process.call("put", R"({"key": "a", "value": "2", "expected": 0})"),
              R"({"status":5,"json":{"message":"the key has revision 1","revision":1}})");
    EXPECT_EQ(process.call("put", R"({"key": "b", "value": "2", "expected": 7})"),
              R"({"status":5,"json":{"message":"there is no such key","revision":0}})");
}

TEST(Kv, ManyWritersLoseNoChange) {
    const std::string url = new_database_url();
    KeeperProcess first(url), second(url);
    std::vector<std::future<tool::ToolResult>> results;
    for (int n = 0; n < 20; ++n) {
        tool::ToolCall call;
        call.name = "keeper.add";
        call.input_json = "{}";
        results.push_back((n % 2 == 0 ? first : second).host.begin(std::move(call)));
    }
    for (auto& result : results) EXPECT_EQ(result.get().outcome, Outcome::kOk);
    EXPECT_EQ(first.call("get", R"({"key": "n"})"),
              R"({"status":0,"json":{"value":20,"revision":20}})");
}

TEST(Kv, ScansComeInPages) {
    KeeperProcess process(new_database_url());
    for (const auto* key : {"job/1", "job/2", "other"})
        process.call("put", R"({"key": ")" + std::string(key) + R"(", "value": "1"})");
    EXPECT_EQ(
        process.call("scan", R"({"prefix": "job/", "limit": 1})"),
        R"({"status":0,"json":{"entries":[{"key":"job/1","value":1,"revision":1}],"more":true}})");
    EXPECT_EQ(
        process.call("scan", R"({"prefix": "job/", "after": "job/1"})"),
        R"({"status":0,"json":{"entries":[{"key":"job/2","value":1,"revision":1}],"more":false}})");
}

TEST(Kv, WhatIsWrongIsRefusedAtOnce) {
    KeeperProcess process(new_database_url());
    const std::string invalid = R"({"status":1,"json":{"message":"the host refuses the call"}})";
    EXPECT_EQ(process.call("put", R"({"key": "", "value": "1"})"), invalid);
    EXPECT_EQ(process.call("put", R"({"key": "a\nb", "value": "1"})"), invalid);
    EXPECT_EQ(process.call("put", R"({"key": "a", "value": "{"})"), invalid);
    EXPECT_EQ(process.call("large", "{}"),
              R"({"status":9,"json":{"message":"the host refuses the call"}})");
}

TEST(Kv, AHostWithoutAStoreSaysSo) {
    RunningHost host;
    host.start(USES_DIR);
    ASSERT_TRUE(host.host.load("keeper").ok());
    EXPECT_EQ(host.call("keeper.get", R"({"key": "a"})").output_json,
              R"({"status":3,"json":{"message":"the host refuses the call"}})");
}

}  // namespace
}  // namespace ordinaut
