// The operations, a table per tag.
#pragma once
#include <vector>

#include "operations/handlers.h"

namespace ordinaut::operations {

std::vector<Operation> tasks_table();
std::vector<Operation> runs_table();
std::vector<Operation> schedules_table();
std::vector<Operation> pipelines_table();
std::vector<Operation> secrets_table();
std::vector<Operation> tools_table();
std::vector<Operation> extensions_table();
std::vector<Operation> agents_table();
std::vector<Operation> events_table();
std::vector<Operation> queue_table();
std::vector<Operation> health_table();

}  // namespace ordinaut::operations
