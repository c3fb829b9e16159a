#pragma once
#include "store/calendar_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgCalendarStore final : public CalendarStore {
public:
    explicit PgCalendarStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Calendar> put(const Calendar& calendar, const Actor& actor) override;
    Result<Calendar> get(const Id& owner, std::string_view name) override;
    Result<std::vector<Calendar>> list(const Id& owner) override;
    Status remove(const Id& owner, std::string_view name, const Actor& actor) override;
    Result<std::vector<Calendar>> find(const Id& owner,
                                       const std::vector<std::string>& names) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
