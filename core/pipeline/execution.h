// Runs a pipeline: one step after another, each a call of a tool, with no thread held while a tool
// works.
#pragma once
#include <functional>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "model/run.h"
#include "pipeline/definition.h"

namespace ordinaut::pipeline {

// Everything an execution is told. Plain values but for `tools` and `clock`, which outlive it.
struct ExecutionInput {
    const tool::Catalogue* tools = nullptr;
    const Clock* clock = nullptr;
    Definition definition;
    Json event{};        // Null when the run has none.
    Json task{}, run{};  // What templates see as `task` and `run`.
    WallTime now{};      // `now` of templates: the same for the whole run.
    std::map<std::string, std::string> secrets{};
    // Records of earlier attempts: succeeded and skipped steps are not run again.
    std::vector<Step> earlier{};
    Id run_id{}, task_id{};
    std::string principal{};
    std::vector<std::string> scopes{};
    std::string trace_id{};
    int causation_depth = 0;
};

enum class Ending { kSucceeded, kFailed, kCanceled };

struct ExecutionResult {
    Ending ending = Ending::kSucceeded;
    std::string output_json;  // kSucceeded: the results by name, {"<save_as>": …}.
    std::vector<Step> steps;  // All records, by index.
    // The failed step's tool must not be called twice and how far it came cannot be told. With
    // kFailed or kCanceled; then the members below say which and why.
    bool in_doubt = false;
    // kFailed:
    int failed_step = -1;  // Index; -1 when no step is to blame.
    tool::Outcome outcome = tool::Outcome::kOk;
    std::string message;
    std::string details_json;
    std::optional<std::chrono::milliseconds> retry_after;
};

// The `error` of a step, and of its run, that is in doubt.
inline constexpr std::string_view kOutcomeUnknown = "outcome_unknown";
inline constexpr size_t kOutputBytesMax = 1 << 20;  // Of one step's output, and of the run's.
inline constexpr std::chrono::seconds kStepTimeoutDefault{3600};

// Thread-safe. Keeps itself alive until it has ended. Secrets are masked in the inputs and failures
// it reports, wherever they come from; outputs are reported as they are.
class Execution : public std::enable_shared_from_this<Execution> {
public:
    struct Observer {
        std::function<void(const Step&)> step_changed;  // A step began or ended. In order.
        // Instead of step_changed() when a step begins whose tool must not be called twice: tells
        // `recorded` once it is durable that it began. The tool is called then, and not at all
        // after an error; a lost lease needs no answer but cancel(). Empty where there is no such
        // tool.
        std::function<void(const Step&, std::function<void(Status)> recorded)> step_begins = {};
        // Exactly once, last. From any thread, possibly from start().
        std::function<void(ExecutionResult)> ended;
    };

    static std::shared_ptr<Execution> create(ExecutionInput input, Observer observer);

    void start();  // Once.
    // Cancels the tool in flight; no further step begins. ended() follows with kCanceled when the
    // tool has answered.
    void cancel();
    // As cancel, but ends now, whatever the tool does; its late answer is dropped. Does nothing
    // after ended().
    void abandon();

private:
    Execution(ExecutionInput input, Observer observer);
    void take_earlier_steps();
    void advance();
    void begin_step(int index);
    Scope templates_scope() const;
    Result<bool> condition_holds(const StepDefinition& definition);
    bool must_not_repeat(const std::string& tool) const;
    void record_begin(const Step& step, std::string input_json);
    void begin_recorded(int serial, Status recorded);
    void call_tool(std::string input_json);
    void tool_answered(int serial, tool::ToolResult result);
    void settle(tool::ToolResult result);
    void close_step(Step& step, StepState state);
    void fail(int index, tool::ToolResult result);
    void end(ExecutionResult result);
    ExecutionResult success();
    ExecutionResult canceled();

    ExecutionInput input_;  // Unchanged once constructed.
    const Observer observer_;

    // Only the thread inside advance() touches these.
    std::vector<Step> steps_;
    jmespath::Arena memory_;
    JsonValue scope_;   // What templates see; `steps` grows. Its memory is memory_.
    int current_ = -1;  // The step whose tool was, or is about to be, asked.

    std::mutex mutex_;
    std::optional<tool::ToolResult> answer_;  // Arrived, not yet settled.
    tool::CancelCall cancel_call_;
    // Input of the step that is called once it is recorded that it begins.
    std::optional<std::string> unrecorded_;
    std::optional<Status> recorded_;
    int serial_ = 0;          // Of the call or record in flight; an answer to another one is late.
    bool advancing_ = false;  // Some thread is in advance(); others leave their news and go.
    bool calling_ = false;    // A tool has been asked and has not answered.
    bool cancel_asked_ = false;
    bool ended_ = false;
};

}  // namespace ordinaut::pipeline
