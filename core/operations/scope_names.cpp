#include "operations/scope_names.h"

#include "auth/scope.h"

namespace ordinaut::operations {

std::vector<std::string> unknown_scopes(const std::vector<std::string>& scopes,
                                        const std::string& pointer) {
    std::vector<std::string> sentences;
    const Status checked = auth::check_scopes(scopes, pointer);
    if (checked.ok()) return sentences;
    for (const auto& detail : checked.error().details)
        sentences.push_back(detail.pointer + ": nobody can grant it here: " + detail.message +
                            (detail.message.ends_with('?') ? " There are " : ". There are ") +
                            auth::scopes_there_are());
    return sentences;
}

}  // namespace ordinaut::operations
