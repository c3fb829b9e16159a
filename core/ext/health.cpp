// Asking a running extension how it is.
#include "ext/call_context.h"
#include "ext/instance.h"

namespace ordinaut::ext {

void Instance::check_health(MonoTime deadline, tool::Done done) {
    tool::ToolCall call;
    call.name = manifest_.id + " health";
    call.deadline = deadline;
    const auto invocation = Invocation::begin(context_.deadlines, std::move(call), std::move(done));
    // Entered at once: it is about this generation, so nobody else may answer it.
    if (!invocation->assign(*this) || !invocation->enter(*this)) return;
    const bool taken = workers_.post([self = shared_from_this(), invocation] {
        if (invocation->ended()) return;
        const CallContext context(invocation->handle(), invocation->call());
        std::string caught;
        const ord_status status = self->upcall(
            *invocation,
            [&](const auto& table, void* own) { return table.health(own, context.get()); }, caught);
        if (status == ORD_OK) return;
        tool::ToolResult result;
        result.outcome = outcome_of(status);
        result.message = caught.empty()
                             ? "health returned " + status_name(status)
                             : "health threw an exception across the boundary: " + caught;
        invocation->complete(std::move(result), EndedBy::kExtension);
    });
    if (!taken)
        invocation->complete({tool::Outcome::kCanceled, "", "it is stopping"}, EndedBy::kHost);
}

}  // namespace ordinaut::ext
