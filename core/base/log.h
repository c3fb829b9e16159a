// Structured log: an event name plus ids, once, where the thing is handled.
//
//   log_info("lease.lost", {{"run_id", run.id}, {"worker", name}});
//
// Levels: error = someone must act; warn = someone should know; info = lifecycle; debug = per run.
// Never payloads or secrets. Text on a terminal, one JSON object per line elsewhere; control
// characters are escaped in both, so a value cannot forge a line. Thread-safe.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace ordinaut {

enum class LogLevel { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat { kText, kJson };

struct LogField {
    std::string_view key;
    std::string value;
    LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
    LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    template <class Number, class = std::enable_if_t<std::is_arithmetic_v<Number>>>
    LogField(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};

// Sends log lines to standard error. Before the first call: text at info. Call once, from main.
void log_configure(LogLevel level, LogFormat format);
bool log_enabled(LogLevel level);
void log_write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log_write(LogLevel::kDebug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log_write(LogLevel::kInfo, event, fields);
}
inline void log_warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log_write(LogLevel::kWarn, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    log_write(LogLevel::kError, event, fields);
}

}  // namespace ordinaut
