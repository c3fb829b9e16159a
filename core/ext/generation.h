// One generation in its slot: the running instance, and what it may still change there.
#pragma once
#include "ext/extension_slot.h"

namespace ordinaut::ext {

// Thread-safe. What a generation registers counts from the moment it serves, and no longer when
// another one does.
class Generation final : public Home, public std::enable_shared_from_this<Generation> {
public:
    Generation(std::weak_ptr<ExtensionSlot> slot, tool::Catalogue& tools,
               std::shared_ptr<ExtensionLog> log)
        : slot_(std::move(slot)), tools_(tools), log_(std::move(log)) {}

    std::shared_ptr<Instance> instance;  // Set once, before anyone else sees the generation.

    void set_serving(bool serving) { serving_ = serving; }

    Status offer(const tool::ToolSpec& spec) override {
        TRY(tools_.acceptable(spec));
        const auto slot = slot_.lock();
        return serving_ && slot != nullptr ? slot->offer(spec) : ok();
    }
    void retract(const std::string& name) override {
        if (const auto slot = slot_.lock(); serving_ && slot != nullptr) slot->retract(name);
    }
    void hand_back(const InvocationRef& invocation) override;
    std::shared_ptr<ExtensionLog> log() override { return log_; }

private:
    const std::weak_ptr<ExtensionSlot> slot_;
    tool::Catalogue& tools_;
    const std::shared_ptr<ExtensionLog> log_;
    std::atomic<bool> serving_{false};
};

}  // namespace ordinaut::ext
