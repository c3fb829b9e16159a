#include "ext_check/check.h"

#include <algorithm>

#include "ext_check/parts.h"
#include "ext_check/static_checks.h"

namespace ordinaut::ext_check {
namespace {

bool has_errors(const Part& part) {
    return std::any_of(part.findings.begin(), part.findings.end(),
                       [](const Finding& one) { return one.severity == Severity::kError; });
}

// The same sentence from many rounds or calls is one finding.
void drop_repeated(std::vector<Finding>& findings) {
    std::vector<Finding> once;
    for (auto& finding : findings)
        if (std::none_of(once.begin(), once.end(),
                         [&](const Finding& known) { return known.message == finding.message; }))
            once.push_back(std::move(finding));
    findings = std::move(once);
}

}  // namespace

const std::vector<PartToRun>& parts_to_run() {
    static const std::vector<PartToRun> kParts = {
        {"life", "create, start, use, quiesce, stop, destroy", live_once},
        {"calls", "each tool with a made-up input", call_tools},
        {"parallel", "calls from as many threads as it allows", call_in_parallel},
        {"bad-input", "invalid UTF-8, invalid JSON, wrong types, great depth and size",
         give_bad_input},
        {"cancel", "calls canceled at random points", cancel_at_random},
        {"leaks", "100 lives: memory, threads, file descriptors", live_a_hundred_times},
        {"absent", "a host without each interface, and without all", with_less},
        {"denied", "an operator who denies each capability, and all", with_nothing_granted},
        {"layouts", "an older host and a newer one", with_other_layouts},
        {"short-host", "a host table that is cut off", with_a_short_host_table},
    };
    return kParts;
}

bool Report::good() const { return std::none_of(parts.begin(), parts.end(), has_errors); }

Report check(const CheckOptions& options) {
    Report report;
    report.parts = {{"manifest", "extension.json"},
                    {"module", "the ELF file"},
                    {"load", "loading and the descriptor"}};
    for (const auto& part : parts_to_run()) report.parts.push_back({part.name, part.title});

    report.parts[0].ran = true;
    const auto manifest = check_manifest(options.folder, report.parts[0].findings);
    std::error_code problem;
    const auto whole = std::filesystem::canonical(options.folder, problem);
    report.id = manifest ? manifest->id : (problem ? options.folder : whole).filename().string();
    if (!manifest) return report;

    const auto module = options.folder / manifest->module;
    const Subject subject(*manifest, module);
    report.parts[1].ran = true;
    if (!check_module(module, report.parts[1].findings)) return report;
    run_part(report.parts[2], options.timeout,
             [&](Reporter& reporter) { load_and_describe(subject, reporter); });
    if (has_errors(report.parts[2])) return report;
    for (size_t n = 0; n < parts_to_run().size(); ++n) {
        Part& part = report.parts[3 + n];
        run_part(part, options.timeout,
                 [&](Reporter& reporter) { parts_to_run()[n].run(subject, reporter); });
        drop_repeated(part.findings);
        if (n == 0 && has_errors(part)) break;  // Everything after it would say the same again.
    }
    return report;
}

}  // namespace ordinaut::ext_check
