#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "base/json.h"

namespace ordinaut {
namespace {

LogFormat g_format = LogFormat::kText;

spdlog::logger& sink() {
    static const auto logger = [] {
        auto made = std::make_shared<spdlog::logger>(
            "ordinaut", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::info);
        made->flush_on(spdlog::level::debug);
        return made;
    }();
    return *logger;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug: return spdlog::level::debug;
        case LogLevel::kInfo: return spdlog::level::info;
        case LogLevel::kWarn: return spdlog::level::warn;
        case LogLevel::kError: return spdlog::level::err;
        case LogLevel::kOff: return spdlog::level::off;
    }
    return spdlog::level::off;
}

constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error", "off"};

// Text values: quoted when they hold spaces or quotes; control characters always escaped.
void append_text_value(std::string& line, const std::string& value) {
    const bool quote = value.empty() || value.find_first_of(" \"=") != std::string::npos;
    if (quote) line += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
            line += escaped;
        } else {
            if (c == '"' || c == '\\') line += '\\';
            line += c;
        }
    }
    if (quote) line += '"';
}

}  // namespace

void log_configure(LogLevel level, LogFormat format) {
    g_format = format;
    sink().set_level(to_spdlog(level));
}

bool log_enabled(LogLevel level) { return sink().should_log(to_spdlog(level)); }

void log_write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (!log_enabled(level)) return;
    const std::string time = format_time(SystemClock().wall_now());
    std::string line;
    if (g_format == LogFormat::kJson) {
        JsonWriter writer;
        writer.begin_object()
            .field("time", time)
            .field("level", kLevelNames[int(level)])
            .field("event", event);
        for (const auto& field : fields) writer.field(field.key, field.value);
        line = writer.end_object().take();
    } else {
        line = time;
        line += ' ';
        line += kLevelNames[int(level)];
        line += ' ';
        line += event;
        for (const auto& field : fields) {
            line += ' ';
            line += field.key;
            line += '=';
            append_text_value(line, field.value);
        }
    }
    sink().log(to_spdlog(level), spdlog::string_view_t(line));
}

}  // namespace ordinaut
