// How the extension gets on with hosts that are smaller, older, newer or stricter than it hopes.
#include "ext_check/parts.h"

namespace ordinaut::ext_check {
namespace {

const char* const kInterfaces[] = {"ord.tools",  "ord.http", "ord.events",  "ord.background",
                                   "ord.core",   "ord.kv",   "ord.metrics", "ord.timer",
                                   "ord.config", "ord.log"};

void live(const Subject& subject, Reporter& reporter, testing::Options options,
          bool refusal_is_fine) {
    Life life(subject, reporter, std::move(options));
    if (life.begin(refusal_is_fine)) life.use_everything();
    life.end();
}

}  // namespace

void load_and_describe(const Subject& subject, Reporter& reporter) {
    reporter.entering("the dynamic linker or a static initialiser");
    const auto descriptor = subject.load();
    if (!descriptor.ok()) {
        const std::string& message = descriptor.error().message;
        const bool symbol = message.find("undefined symbol") != std::string::npos;
        reporter.error(message, symbol
                                    ? "link what defines it: LIBRARIES of ordinaut_add_extension()"
                                    : "see docs/extensions/refused.md");
        return;
    }
    reporter.entering("the descriptor");
    const auto described = ext::check_descriptor(**descriptor, subject.manifest.id,
                                                 subject.manifest.version, subject.manifest.asked);
    if (!described.ok())
        reporter.error(described.error().message, "see docs/extensions/refused.md");
}

void with_less(const Subject& subject, Reporter& reporter) {
    for (const char* name : kInterfaces) {
        testing::Options options;
        options.absent = {name};
        live(subject, reporter, options, true);
    }
    testing::Options options;
    options.absent.insert(std::begin(kInterfaces), std::end(kInterfaces));
    live(subject, reporter, options, true);
}

void with_nothing_granted(const Subject& subject, Reporter& reporter) {
    const auto asked = subject.manifest.asked.names();
    for (const auto& grant : asked) {
        testing::Options options;
        options.denied = {grant};
        live(subject, reporter, options, true);
    }
    testing::Options options;
    options.denied.insert(asked.begin(), asked.end());
    live(subject, reporter, options, true);
}

void with_other_layouts(const Subject& subject, Reporter& reporter) {
    for (const auto layout : {testing::Layout::kGuarded, testing::Layout::kLarger}) {
        testing::Options options;
        options.layout = layout;
        live(subject, reporter, options, false);
    }
}

void with_a_short_host_table(const Subject& subject, Reporter& reporter) {
    const auto descriptor = subject.load();
    if (!descriptor.ok()) throw std::runtime_error(descriptor.error().message);
    testing::GuardedPages pages;
    const uint32_t head[2] = {8, 0};  // struct_size and abi_minor, and nothing behind them.
    void* instance = nullptr;
    reporter.entering("create() with a host table of 8 bytes");
    const ord_status status =
        (*descriptor)
            ->create(static_cast<const ord_host_v1*>(pages.place(head, sizeof head)), 1, {"{}", 2},
                     &instance);
    if (status == ORD_OK)
        reporter.error("create() takes a host table that is cut off after 8 bytes",
                       "begin create() with: if (host->struct_size < sizeof(ord_host_v1)) return "
                       "ORD_E_UNSUPPORTED;");
}

}  // namespace ordinaut::ext_check
