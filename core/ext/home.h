// What a running generation asks of the place it has in the host.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "ext/extension_log.h"
#include "tool/tool.h"

namespace ordinaut::ext {

class InvocationRef;

// Thread-safe.
class Home {
public:
    virtual ~Home() = default;
    // A tool that the code registered and the manifest does not declare. kConflict, kInvalid.
    virtual Status offer(const tool::ToolSpec& spec) = 0;
    virtual void retract(const std::string& name) = 0;
    // A call this generation did not begin, because it stops: whoever serves now takes it.
    virtual void hand_back(const InvocationRef& invocation) = 0;
    virtual std::shared_ptr<ExtensionLog> log() = 0;  // Of the extension, over all generations.
};

}  // namespace ordinaut::ext
