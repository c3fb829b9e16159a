#include "store/postgres/lease_store.h"

namespace ordinaut::store::postgres {

Result<bool> PgLeaseStore::hold(std::string_view name, std::string_view holder,
                                std::chrono::milliseconds ttl) {
    return pool_.transact([&](Transaction& tx) -> Result<bool> {
        return !tx.run("hold_lease", Params().text(name).text(holder).number(ttl.count())).empty();
    });
}

Status PgLeaseStore::release(std::string_view name, std::string_view holder) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("release_lease", Params().text(name).text(holder));
        return ok();
    });
}

}  // namespace ordinaut::store::postgres
