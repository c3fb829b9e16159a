// Claiming, the steps of one transaction.
#pragma once
#include "store/postgres/transaction.h"
#include "store/queue_store.h"

namespace ordinaut::store::postgres {

// QueueStore::claim inside `tx`.
std::vector<Lease> claim_work(Transaction& tx, const std::string& worker, int limit,
                              std::chrono::milliseconds ttl);

}  // namespace ordinaut::store::postgres
