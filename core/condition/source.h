// Where the data of a condition comes from.
//
//   {"kind":"http","url":…}          the tool http.request, with the other members as its input
//   {"kind":"tool","tool":"x.y","input":{…}}  any other tool that changes nothing for good
//   {"kind":"queue"}                 the queue, as GET /queue shows it, of what the owner sees
//   {"kind":"task","task_id":…}      a task of the owner: its status and its last run
//
// Strings of a tool's input may hold templates over params (of the task), task, now and secrets.
#pragma once
#include <optional>
#include <vector>

#include "model/task.h"
#include "pipeline/template.h"
#include "tool/catalogue.h"

namespace ordinaut::condition {

inline constexpr size_t kSourceBytesMax = 64 << 10;

enum class SourceKind { kHttp, kQueue, kTask, kTool };
std::string_view name_of(SourceKind value);

// Immutable.
class Source {
public:
    // kInvalid: `details` say for each wrong member, below `pointer`, what would be right. `tools`
    // (may be null) are asked whether a tool is fit; an unknown one is allowed, since its extension
    // may come later.
    static Result<Source> parse(const JsonValue& value, std::string_view pointer,
                                const tool::Catalogue* tools);

    SourceKind kind() const { return kind_; }
    const std::string& tool() const { return tool_; }  // kHttp, kTool.
    const Id& task_id() const { return task_id_; }     // kTask.
    const pipeline::Template& input() const { return input_; }
    std::vector<std::string> secrets() const;  // Names that the input reads.

private:
    SourceKind kind_ = SourceKind::kQueue;
    std::string tool_;
    Id task_id_;
    pipeline::Template input_;
};

// What of a condition task the schema cannot say: the expression at /schedule_expr, the source
// below /condition/source. kInvalid lists everything.
Status check(const Task& task, const tool::Catalogue* tools);

}  // namespace ordinaut::condition
