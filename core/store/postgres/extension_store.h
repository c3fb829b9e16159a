#pragma once
#include "store/extension_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgExtensionStore final : public ExtensionStore {
public:
    explicit PgExtensionStore(ConnectionPool& pool) : pool_(pool) {}

    Result<std::vector<ExtensionDecision>> list() override;
    Status set_enabled(std::string_view id, bool enabled, const Actor& actor) override;
    Status set_capabilities(std::string_view id, const std::vector<std::string>& capabilities,
                            const Actor& actor) override;
    Status set_config(std::string_view id, std::string_view config_json,
                      const Actor& actor) override;
    Result<int64_t> count_reload(std::string_view id, const Actor& actor) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
