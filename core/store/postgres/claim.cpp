#include "store/postgres/claim.h"

#include "store/postgres/run_moves.h"

namespace ordinaut::store::postgres {
namespace {
constexpr int kLeaseLossesMax = 3;
constexpr int kEndedPerClaimMax =
    100;  // Poisoned or canceled rows one claim puts away before it gives up looking.

struct Picked {
    Id run_id;
    bool is_expired = false;
    int lease_losses = 0;
    bool cancel_requested = false;
    std::string concurrency_key;  // Empty = none.
    int concurrency_limit = 1;
    bool is_late = false;  // Past the time it had to start by.
};

std::vector<Picked> pick(Transaction& tx, int limit) {
    return read_all(tx.run("pick_work", Params().number(limit)), [](Row& row) {
        Picked picked;
        picked.run_id = row.text();
        picked.is_expired = row.boolean();
        picked.lease_losses = row.integer();
        picked.cancel_requested = row.boolean();
        picked.concurrency_key = row.text();
        picked.concurrency_limit = row.integer();
        picked.is_late = row.boolean();
        return picked;
    });
}

// Puts away an expired run that must not run again: someone asked to stop it, or it keeps losing
// its workers.
bool end_if_over(Transaction& tx, const Picked& picked, const std::string& worker) {
    if (!picked.is_expired) return false;
    Ending ending;
    ending.run_id = picked.run_id;
    ending.lost = true;
    if (picked.cancel_requested) {
        ending.state = RunState::kCanceled;
        ending.reason = "canceled; its worker was lost";
    } else if (picked.lease_losses + 1 >= kLeaseLossesMax) {
        ending.state = RunState::kFailed;
        ending.reason = "poison";
        ending.error_json = R"({"error":"poison","message":"the run lost its worker )" +
                            std::to_string(kLeaseLossesMax) + R"( times and is not tried again"})";
    } else {
        return false;
    }
    end_runs(tx, {ending}, worker);
    return true;
}

// Ends those that were to start earlier than now; true when there were any.
bool expire_late(Transaction& tx, const std::vector<Picked>& picked, const std::string& worker) {
    std::vector<Ending> endings;
    for (const Picked& row : picked)
        if (row.is_late) endings.push_back(expiry_of(row.run_id));
    end_runs(tx, endings, worker);
    return !endings.empty();
}

// How many slots of each key are used; locked. Upkeep may take a slot away between the two
// statements, because nothing used it: then it is made again.
std::map<std::string, int> lock_slots(Transaction& tx, const std::vector<std::string>& keys) {
    std::map<std::string, int> used;
    while (used.size() < keys.size()) {
        tx.run("make_slots", Params().texts(keys));
        for (const auto& line : tx.run("lock_slots", Params().texts(keys))) {
            Row row(line);
            const std::string key = row.text();
            used[key] = row.integer();
        }
    }
    return used;
}

// Takes slots for the rows with a concurrency key and returns the ids to claim; rows whose key is
// full leave the ready index. An expired row holds its slot still.
std::vector<Id> take_slots(Transaction& tx, const std::vector<Picked>& picked) {
    std::vector<Id> claimed;
    std::set<std::string> keys;
    for (const Picked& row : picked) {
        if (row.concurrency_key.empty() || row.is_expired)
            claimed.push_back(row.run_id);
        else
            keys.insert(row.concurrency_key);
    }
    if (keys.empty()) return claimed;

    auto used = lock_slots(tx, {keys.begin(), keys.end()});
    std::vector<Id> full;
    for (const Picked& row : picked) {
        if (row.concurrency_key.empty() || row.is_expired) continue;
        int& count = used[row.concurrency_key];
        if (count < row.concurrency_limit) {
            ++count;
            claimed.push_back(row.run_id);
        } else {
            full.push_back(row.run_id);
        }
    }
    Array changed, counts;
    for (const auto& [key, count] : used) {
        changed.text(key);
        counts.number(count);
    }
    tx.run("set_slots", Params().array(changed).array(counts));
    if (!full.empty()) tx.run("block_rows", Params().ids(full));
    return claimed;
}

struct Claimed {
    Lease lease;
    // Not by the attempt: a drained release gives that back.
    bool begun_before = false;
};

Claimed read_claimed(Row& row) {
    Claimed claimed;
    Lease& lease = claimed.lease;
    lease.lease_token = row.text();
    lease.owner_scopes = row.texts();
    claimed.begun_before = row.boolean();
    lease.task = row.task();
    lease.run = row.run();
    lease.run_id = lease.run.id;
    return claimed;
}

void add_earlier_steps(Transaction& tx, std::vector<Claimed>& claimed) {
    Array ids, created;
    std::map<Id, Lease*> by_run;
    for (auto& [lease, begun_before] : claimed) {
        if (!begun_before) continue;
        ids.id(lease.run_id);
        created.time(lease.run.created_at);
        by_run[lease.run_id] = &lease;
    }
    if (by_run.empty()) return;
    for (const auto& line : tx.run("steps_of_runs", Params().array(ids).array(created))) {
        Row row(line);
        const Id run_id = row.text();
        by_run.at(run_id)->steps.push_back(row.step());
    }
}

}  // namespace

std::vector<Lease> claim_work(Transaction& tx, const std::string& worker, int limit,
                              std::chrono::milliseconds ttl) {
    for (int ended = 0; ended < kEndedPerClaimMax; ++ended) {
        const auto picked = pick(tx, limit);
        if (picked.empty()) return {};
        if (end_if_over(tx, picked.front(), worker)) continue;
        if (expire_late(tx, picked, worker)) continue;  // The others are picked again.
        const auto ids = take_slots(tx, picked);
        if (ids.empty()) continue;  // All of them were blocked; others may be behind them.
        auto claimed = read_all(tx.run("claim_rows", Params()
                                                         .ids(ids)
                                                         .text(worker)
                                                         .number(ttl.count())
                                                         .boolean(picked.front().is_expired)),
                                read_claimed);
        add_earlier_steps(tx, claimed);
        tx.notify(Channel::kRuns);
        std::vector<Lease> leases;
        leases.reserve(claimed.size());
        for (Claimed& row : claimed) leases.push_back(std::move(row.lease));
        return leases;
    }
    return {};
}

}  // namespace ordinaut::store::postgres
