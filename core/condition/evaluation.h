// One evaluation: asks the source, gives its data to the expression, and says what came of it.
#pragma once
#include <functional>
#include <map>
#include <memory>

#include "base/work_pool.h"
#include "condition/source.h"
#include "store/stores.h"

namespace ordinaut::condition {

// Longer answers are refused: they are stored, shown and handed to runs.
inline constexpr size_t kAnswerBytesMax = 16 << 10;
inline constexpr int kAnswerDepthMax = 50;
inline constexpr size_t kErrorBytesMax = 500;
inline constexpr std::chrono::seconds kDeadlineMax{30};

// What evaluations need; outlives them.
struct EvaluationContext {
    store::QueueStore& queue;
    store::RunStore& runs;
    store::TaskStore& tasks;
    const tool::Catalogue& tools;
    const Clock& clock;
    // Clear values of the owner's secrets by name; unknown names are left out.
    std::function<Result<std::map<std::string, std::string>>(const Id& owner,
                                                             const std::vector<std::string>& names)>
        secrets;
};

// How long the source of `condition` may take: an interval, and kDeadlineMax at most.
std::chrono::seconds deadline_of(const Condition& condition);

using Answered = std::function<void(store::ConditionAnswer)>;

// Answers exactly once, from a thread of `pool` or the caller's. Nothing waits in a thread for a
// tool. The result ends the call to a tool early; the answer is then unknown.
class Evaluation : public std::enable_shared_from_this<Evaluation> {
public:
    Evaluation(const EvaluationContext& context, std::shared_ptr<WorkPool> pool,
               store::ConditionLease lease, Answered answered);
    void start();
    void cancel();  // Thread-safe, does not block.

private:
    void ask();
    Status call_tool(const Source& source);
    void tool_answered(const tool::ToolResult& result);
    void judge_data(Result<Json> data);
    void answer(Result<std::string> value_json);

    const EvaluationContext& context_;
    const std::shared_ptr<WorkPool> pool_;
    const store::ConditionLease lease_;
    const Answered answered_;
    std::mutex mutex_;
    bool canceled_ = false;
    bool over_ = false;  // It has answered.
    tool::CancelCall cancel_call_;
};

// What `expression` answers to `data`, as JSON that can be stored. kInvalid: it gives null, or an
// error; kTooLarge.
Result<std::string> answer_to(std::string_view expression, const JsonValue& data);

}  // namespace ordinaut::condition
