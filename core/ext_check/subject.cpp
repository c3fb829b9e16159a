#include "ext_check/subject.h"

#include "ext/invocation.h"
#include "ext_check/sample.h"

namespace ordinaut::ext_check {
namespace {

using testing::Call;
using testing::Outcome;

constexpr std::chrono::milliseconds kPatience{2'000};

std::string hint_for(const std::string& violation) {
    const auto has = [&](const char* part) { return violation.find(part) != std::string::npos; };
    if (has("never answered"))
        return "complete every call: finish(), or return anything but ORD_OK; before stop() "
               "returns";
    if (has("twice")) return "answer each call exactly once; remember which are answered";
    if (has("after it had been answered"))
        return "return ORD_OK from an upcall whose call you have finished";
    if (has("not JSON")) return "give finish() one JSON text";
    if (has("buf_release")) return "give each ord_buf of the host back with buf_release(owner)";
    if (has("did not return after"))
        return "return from on_task when sleep() or heartbeat() says CANCELED, or cancelled() is 1";
    if (has("destroy()"))
        return "join your threads in stop(); nothing may call the host afterwards";
    if (has("struct_size")) return "set struct_size in every struct you hand over";
    return "see extension.h for what each function promises";
}

}  // namespace

bool may_call(const tool::ToolSpec& spec) { return spec.effect != tool::Effect::kAtMostOnce; }
std::string bare_name(const tool::ToolSpec& spec) {
    return spec.name.substr(spec.extension_id.size() + 1);
}

std::string path_of(const testing::Route& route) {
    std::string path;
    for (const auto& segment : testing::tables::segments(route.pattern))
        path += "/" + (segment.rfind('{', 0) == 0 ? std::string("x") : segment);
    return path.empty() ? "/" : path;
}
std::string topic_of(const testing::Subscription& subscription) {
    std::string topic = subscription.topic;
    for (char& c : topic)
        if (c == '*' || c == '#') c = 'x';
    return topic;
}

Result<const ord_extension_v1*> Subject::load() const {
    if (library_ == nullptr) library_ = TRY(ext::Library::open(module_));
    return &library_->descriptor();
}

Life::Life(const Subject& subject, Reporter& reporter, testing::Options options)
    : subject_(subject), reporter_(reporter) {
    const auto descriptor = subject.load();
    if (!descriptor.ok()) throw std::runtime_error(descriptor.error().message);
    options.patience = kPatience;
    if (!subject.manifest.config_schema_json.empty())
        options.config_json = sample_of(subject.manifest.config_schema_json);
    host_ = std::make_unique<testing::FakeHost>(std::move(options), *descriptor);
}
Life::~Life() { end(); }

std::string Life::last_error() const {
    std::string last;
    for (const auto& line : host_->logs())
        if (line.level >= ORD_LOG_ERROR) last = line.message;
    return last;
}

bool Life::begin(bool refusal_is_fine) {
    reporter_.entering("create()");
    ord_status status = host_->create();
    const char* step = "create";
    if (status == ORD_OK) {
        reporter_.entering("start()");
        step = "start";
        status = host_->start_created();
        if (status != ORD_OK) {
            reporter_.entering("destroy()");
            host_->destroy();
        }
    }
    running_ = status == ORD_OK;
    if (running_) return true;
    const std::string why = last_error();
    const std::string what = std::string(step) + " returned " + ext::status_name(status) +
                             (why.empty() ? "" : ": " + why);
    if (why.empty())
        reporter_.warning(what + ", without a word why",
                          "log an error before you refuse: operators see it as the reason");
    if (!refusal_is_fine)
        reporter_.error(what,
                        "it must start with all it asks for and its configuration at its defaults");
    return false;
}

Outcome Life::settle(const Call& call, const std::string& what) {
    Outcome outcome = call.wait();
    if (call.ended()) return outcome;
    reporter_.entering(what + ", which is canceled");
    call.cancel();
    outcome = call.wait();
    if (!call.ended())
        reporter_.error(what + " did not end within 2 s of being canceled",
                        "look at cancelled() while you work, or take on_cancel(), and finish with "
                        "ORD_E_CANCELED");
    return outcome;
}

void Life::use_everything() {
    for (const auto& spec : subject_.manifest.tools) {
        if (!may_call(spec)) continue;
        const std::string what = "tool '" + bare_name(spec) + "'";
        reporter_.entering(what);
        settle(host_->begin(bare_name(spec), sample_of(spec.input_schema_json)), what);
    }
    for (const auto& route : host_->routes()) {
        const std::string method = route.method.empty() ? "GET" : route.method,
                          what = method + " " + path_of(route);
        reporter_.entering(what);
        const Call call = host_->begin_http(method, path_of(route));
        settle(call, what);
    }
    for (const auto& subscription : host_->subscriptions()) {
        const std::string topic = topic_of(subscription);
        reporter_.entering("event '" + topic + "'");
        testing::EventOptions options;
        options.ns = subscription.ns;
        for (const auto& call : host_->deliver(topic, "{}", options))
            settle(call, "event '" + topic + "'");
    }
    for (const auto& [handle, task] : host_->tasks()) {
        reporter_.entering("task '" + task.name + "'");
        host_->advance(std::chrono::nanoseconds(task.period_ns));
    }
    reporter_.entering("health()");
    host_->health();
    host_->settle();
}

void Life::end() {
    if (!running_) return;
    running_ = false;
    reporter_.entering("quiesce()");
    host_->quiesce();
    reporter_.entering("stop()");
    host_->stop_quiesced();
    reporter_.entering("destroy()");
    host_->destroy();
    reporter_.entering("the time after destroy()");
    report_violations();
}

void Life::report_violations() {
    for (const auto& violation : host_->violations())
        if (ignored_.empty() || violation.find(ignored_) == std::string::npos)
            reporter_.error(violation, hint_for(violation));
}

}  // namespace ordinaut::ext_check
