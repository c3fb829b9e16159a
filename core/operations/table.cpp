// All operations: one entry, every surface.
#include <iterator>

#include "operations/tables/tables.h"

namespace ordinaut::operations {

const std::vector<Operation>& operation_table() {
    static const std::vector<Operation> table = [] {
        std::vector<Operation> all;
        for (auto* part :
             {tasks_table, runs_table, schedules_table, pipelines_table, secrets_table, tools_table,
              extensions_table, agents_table, events_table, queue_table, health_table})
            std::ranges::move(part(), std::back_inserter(all));
        return all;
    }();
    return table;
}

const Operation* find_operation(std::string_view id) {
    for (const Operation& operation : operation_table())
        if (operation.id == id) return &operation;
    return nullptr;
}

std::string_view name_of(Method method) {
    switch (method) {
        case Method::kGet: return "GET";
        case Method::kPost: return "POST";
        case Method::kPut: return "PUT";
        case Method::kDelete: return "DELETE";
    }
    return "";
}

}  // namespace ordinaut::operations
