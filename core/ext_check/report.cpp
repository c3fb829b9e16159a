// The report of a check, for people and for machines.
#include <cstdio>

#include "base/json.h"
#include "ext_check/check.h"

namespace ordinaut::ext_check {
namespace {

const char* word(Severity severity) {
    return severity == Severity::kError     ? "error"
           : severity == Severity::kWarning ? "warning"
                                            : "note";
}
Severity worst(const Part& part) {
    Severity found = Severity::kNote;
    for (const auto& finding : part.findings) found = std::min(found, finding.severity);
    return found;
}
size_t count(const Report& report, Severity severity) {
    size_t found = 0;
    for (const auto& part : report.parts)
        for (const auto& finding : part.findings) found += finding.severity == severity ? 1 : 0;
    return found;
}

// Without control characters, which could command a terminal or break XML.
std::string shown(const std::string& text) {
    std::string out;
    for (const char c : text) {
        char code[8];
        std::snprintf(code, sizeof code, "\\x%02x", static_cast<unsigned char>(c));
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? code : std::string(1, c);
    }
    return out;
}
std::string xml(const std::string& text) {
    std::string out;
    for (const char c : shown(text)) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
    return out;
}

std::string as_text(const Report& report) {
    std::string out = "ext check " + report.id + "\n";
    for (const auto& part : report.parts) {
        const bool quiet = part.findings.empty() || worst(part) == Severity::kNote;
        const char* mark = !part.ran                         ? "not run"
                           : quiet                           ? "ok"
                           : worst(part) == Severity::kError ? "FAILED"
                                                             : "warning";
        char line[160];
        std::snprintf(line, sizeof line, "  %-8s %-11s %s\n", mark, part.name.c_str(),
                      part.title.c_str());
        out += line;
        for (const auto& finding : part.findings)
            out += std::string("           ") + word(finding.severity) + ": " +
                   shown(finding.message) + "\n             fix: " + shown(finding.hint) + "\n";
    }
    const size_t errors = count(report, Severity::kError),
                 warnings = count(report, Severity::kWarning);
    return out + (errors == 0 ? "passed" : "failed") + ": " + std::to_string(errors) + " errors, " +
           std::to_string(warnings) + " warnings\n";
}

std::string as_json(const Report& report) {
    JsonWriter writer;
    writer.begin_object().field("id", report.id).field("passed", report.good());
    writer.field("errors", static_cast<int64_t>(count(report, Severity::kError)))
        .field("warnings", static_cast<int64_t>(count(report, Severity::kWarning)));
    writer.key("parts").begin_array();
    for (const auto& part : report.parts) {
        writer.begin_object()
            .field("name", part.name)
            .field("title", part.title)
            .field("ran", part.ran)
            .field("seconds", part.seconds);
        writer.key("findings").begin_array();
        for (const auto& finding : part.findings)
            writer.begin_object()
                .field("severity", word(finding.severity))
                .field("message", finding.message)
                .field("hint", finding.hint)
                .end_object();
        writer.end_array().end_object();
    }
    return writer.end_array().end_object().take() + "\n";
}

std::string as_junit(const Report& report) {
    std::string cases;
    size_t failed = 0, skipped = 0;
    for (const auto& part : report.parts) {
        char seconds[32];
        std::snprintf(seconds, sizeof seconds, "%.3f", part.seconds);
        cases += "  <testcase classname=\"" + xml(report.id) + "\" name=\"" + xml(part.name) +
                 "\" time=\"" + seconds + "\">\n";
        std::string failures, others;
        for (const auto& finding : part.findings) {
            const std::string line = xml(finding.message) + "\nfix: " + xml(finding.hint) + "\n";
            (finding.severity == Severity::kError ? failures : others) +=
                (finding.severity == Severity::kError
                     ? ""
                     : std::string(word(finding.severity)) + ": ") +
                line;
        }
        if (!part.ran) cases += "    <skipped/>\n";
        if (!failures.empty())
            cases +=
                "    <failure message=\"" + xml(part.title) + "\">" + failures + "</failure>\n";
        if (!others.empty()) cases += "    <system-out>" + others + "</system-out>\n";
        cases += "  </testcase>\n";
        failed += failures.empty() ? 0 : 1;
        skipped += part.ran ? 0 : 1;
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"ext check " +
           xml(report.id) + "\" tests=\"" + std::to_string(report.parts.size()) + "\" failures=\"" +
           std::to_string(failed) + "\" skipped=\"" + std::to_string(skipped) + "\">\n" + cases +
           "</testsuite>\n";
}

}  // namespace

std::string render(const Report& report, const std::string& format) {
    if (format == "json") return as_json(report);
    return format == "junit" ? as_junit(report) : as_text(report);
}

}  // namespace ordinaut::ext_check
