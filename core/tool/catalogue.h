// The tool catalogue: name → schemas + invoke. Schemas are enforced here, before and after every
// call, for every caller.
#pragma once
#include <map>
#include <shared_mutex>

#include "tool/tool.h"

namespace ordinaut::tool {

// Thread-safe.
class Catalogue {
public:
    // kConflict: the name is taken. kInvalid: the name or a schema is not acceptable; says where
    // and why.
    Status add(std::shared_ptr<Tool> tool);
    // As add(), but an older tool of the same extension gives way, without a moment in which there
    // is neither.
    Status put(std::shared_ptr<Tool> tool);
    // What add() or put() would say, without doing it.
    Status acceptable(const ToolSpec& spec) const;
    // Calls in progress go on; new ones get "unknown tool".
    void remove(std::string_view name);

    // What invoke() would say of this input: kInvalid or kMalformed. kNotFound: no such tool.
    Status check_input(std::string_view name, std::string_view input_json) const;

    std::shared_ptr<Tool> find(std::string_view name) const;  // Null when unknown.
    std::vector<ToolSpec> list() const;                       // By name.
    std::string nearest(std::string_view name) const;         // The closest known name, or empty.

    // What is known of a tool that is not there (its extension is disabled), for who asks for it;
    // empty: nothing. Asked without a lock of the catalogue. Null: nobody knows; then the one
    // before is not called any more.
    using Absence = std::function<std::string(std::string_view name)>;
    void explain_absence(Absence absence);
    std::string why_absent(std::string_view name) const;
    // One sentence about a name that find() does not know.
    std::string no_such_tool(std::string_view name) const;

    // Checks the input against the tool's schema, starts it, checks the output. `done` is called
    // exactly once. Unknown tool and bad input are kTerminal; details_json then holds
    // [{"pointer","message"}].
    CancelCall invoke(ToolCall call, Done done) const;

private:
    struct Entry;
    static Result<std::shared_ptr<Entry>> compile(const ToolSpec& spec);
    std::shared_ptr<const Entry> find_entry(std::string_view name) const;

    mutable std::shared_mutex mutex_;
    std::map<std::string, std::shared_ptr<const Entry>, std::less<>> entries_;
    mutable std::shared_mutex absence_mutex_;  // Held while it is asked.
    Absence absence_;
};

}  // namespace ordinaut::tool
