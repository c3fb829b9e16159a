// Reads one result row from left to right, in the order of the statement's columns, and the values
// of the model that several statements return ({task_columns}, {live_columns}/{finished_columns},
// …).
#pragma once
#include <pqxx/pqxx>

#include "model/agent.h"
#include "model/calendar.h"
#include "model/run.h"
#include "model/task.h"

namespace ordinaut::store::postgres {

class Row {
public:
    explicit Row(const pqxx::row& row) : row_(row) {}

    bool next_is_null() const { return row_[column_].is_null(); }
    Row& skip(int columns) {
        column_ += columns;
        return *this;
    }
    std::string text();  // NULL → empty.
    int64_t number();    // NULL → 0.
    int integer() { return static_cast<int>(number()); }
    double real();
    std::optional<double> real_or_null();
    bool boolean();
    WallTime time();
    std::optional<WallTime> time_or_null();
    std::vector<std::string> texts();  // text[]; NULL → empty.

    Task task();  // {task_columns}
    Run run();    // {live_columns} or {finished_columns}
    Step step();  // Columns of run_steps.
    std::optional<LastRun> last_run();
    std::optional<ConditionState> condition_state();  // {condition_columns}
    Agent agent();                                    // {agent_columns}
    Calendar calendar();                              // {calendar_columns}

private:
    pqxx::field next() { return row_[column_++]; }

    const pqxx::row& row_;
    pqxx::row::size_type column_ = 0;
};

}  // namespace ordinaut::store::postgres
