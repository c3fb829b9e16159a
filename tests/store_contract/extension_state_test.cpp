// What extensions keep, and leases: one holder in the whole installation.
#include "tests/store_contract/contract.h"

namespace ordinaut::store {
namespace {

class KvContract : public Contract {
protected:
    KvOutcome put(const std::string& key, const std::string& value,
                  std::optional<int64_t> expected = {},
                  std::optional<std::chrono::milliseconds> ttl = {}) {
        const auto outcome = stores_.kv.put("mine", {key, value, expected, ttl});
        EXPECT_OK(outcome);
        return outcome.value_or(KvOutcome{});
    }
    std::string get(const std::string& key) {
        const auto entry = backend_->other_process().kv.get("mine", key);
        EXPECT_OK(entry);
        return *entry ? (*entry)->value_json + "@" + std::to_string((*entry)->revision) : "none";
    }
    std::string scan(const std::string& prefix, const std::string& after, int limit) {
        const auto page = stores_.kv.scan("mine", prefix, after, limit);
        EXPECT_OK(page);
        std::string keys;
        for (const auto& entry : page->entries) keys += entry.key + " ";
        return keys + (page->more ? "more" : "end");
    }
};
INSTANTIATE_TEST_SUITE_P(Stores, KvContract, all_backends_and_pooled(), backend_name);

TEST_P(KvContract, EveryPutIsAnotherRevision) {
    EXPECT_EQ(get("a"), "none");
    EXPECT_EQ(put("a", R"({"b": 1, "a": 2})").revision, 1);
    EXPECT_EQ(get("a"), R"({"b": 1, "a": 2}@1)");  // As it was given.
    EXPECT_EQ(put("a", "2").revision, 2);
    EXPECT_EQ(get("a"), "2@2");
}

TEST_P(KvContract, AnExpectedRevisionMustBeThere) {
    EXPECT_FALSE(put("a", "1", 1).done);
    EXPECT_EQ(get("a"), "none");
    EXPECT_TRUE(put("a", "1", 0).done);
    const auto second = put("a", "2", 0);
    EXPECT_FALSE(second.done);
    EXPECT_EQ(second.revision, 1);
    EXPECT_TRUE(put("a", "2", 1).done);
    EXPECT_FALSE(put("a", "3", 1).done);
    EXPECT_EQ(get("a"), "2@2");
}

TEST_P(KvContract, ErasingNeedsTheRevisionToo) {
    EXPECT_TRUE(stores_.kv.erase("mine", "a", std::nullopt)->done);
    put("a", "1");
    EXPECT_FALSE(stores_.kv.erase("mine", "a", 7)->done);
    EXPECT_EQ(stores_.kv.erase("mine", "a", 7)->revision, 1);
    const auto erased = stores_.kv.erase("mine", "a", 1);
    EXPECT_TRUE(erased->done);
    EXPECT_EQ(erased->revision, 1);
    EXPECT_EQ(get("a"), "none");
    EXPECT_EQ(put("a", "2").revision, 1);
}

TEST_P(KvContract, AnEntryEndsWithItsTime) {
    put("a", "1", {}, 10s);
    put("b", "1");
    EXPECT_EQ(get("a"), "1@1");
    backend_->advance(11s);
    EXPECT_EQ(get("a"), "none");
    EXPECT_EQ(scan("", "", 10), "b end");
    EXPECT_TRUE(stores_.kv.erase("mine", "a", 0)->done);
    EXPECT_EQ(put("a", "2", 0).revision, 1);  // As if it had never been there.
    backend_->advance(1h);
    EXPECT_EQ(get("a"), "2@1");
    put("c", "1", {}, 1ms);
    backend_->advance(1s);
    EXPECT_OK(stores_.system.upkeep({}));
    EXPECT_EQ(scan("", "", 10), "a b end");
}

TEST_P(KvContract, ScansGoByBytesAndInPages) {
    for (const auto* key : {"job/b", "job/B", "job/ä", "job/a", "other", "jo"}) put(key, "1");
    EXPECT_EQ(scan("job/", "", 10), "job/B job/a job/b job/ä end");
    EXPECT_EQ(scan("job/", "", 2), "job/B job/a more");
    EXPECT_EQ(scan("job/", "job/a", 2), "job/b job/ä end");
    EXPECT_EQ(scan("", "k", 10), "other end");
}

TEST_P(KvContract, EveryExtensionHasItsOwn) {
    put("a", "1");
    EXPECT_FALSE(stores_.kv.get("theirs", "a")->has_value());
    EXPECT_TRUE(stores_.kv.scan("theirs", "", "", 10)->entries.empty());
}

class LeaseContract : public Contract {
protected:
    bool hold(const std::string& holder) { return *stores_.leases.hold("poller", holder, 10s); }
};
INSTANTIATE_TEST_SUITE_P(Stores, LeaseContract, all_backends_and_pooled(), backend_name);

TEST_P(LeaseContract, HasOneHolderUntilItEnds) {
    EXPECT_TRUE(hold("a"));
    EXPECT_FALSE(*backend_->other_process().leases.hold("poller", "b", 10s));
    EXPECT_TRUE(*stores_.leases.hold("another", "b", 10s));
    backend_->advance(6s);
    EXPECT_TRUE(hold("a"));  // Renewed.
    backend_->advance(6s);
    EXPECT_FALSE(hold("b"));
    backend_->advance(6s);
    EXPECT_TRUE(hold("b"));
    EXPECT_FALSE(hold("a"));
}

TEST_P(LeaseContract, GivenUpItIsFreeAtOnce) {
    EXPECT_TRUE(hold("a"));
    EXPECT_OK(stores_.leases.release("poller", "b"));
    EXPECT_FALSE(hold("b"));
    EXPECT_OK(stores_.leases.release("poller", "a"));
    EXPECT_TRUE(hold("b"));
}

}  // namespace
}  // namespace ordinaut::store
