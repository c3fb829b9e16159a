// The extension host with extensions of the build tree, and tool calls one can wait for.
#pragma once
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "base/json.h"
#include "ext/host.h"

namespace ordinaut {

class RunningHost {
public:
    explicit RunningHost(ext::Seams seams = {}) : host(catalogue, std::move(seams)) {}

    // Starts with one folder of extension folders.
    void start(const std::string& folder, std::map<std::string, std::string> config = {}) {
        ext::HostOptions options;
        options.paths.builtin = {folder};
        options.config = std::move(config);
        host.start(std::move(options));
    }

    std::future<tool::ToolResult> begin(tool::ToolCall call, tool::CancelCall* cancel = nullptr) {
        auto promise = std::make_shared<std::promise<tool::ToolResult>>();
        auto future = promise->get_future();
        auto stop = catalogue.invoke(std::move(call), [promise](tool::ToolResult result) {
            promise->set_value(std::move(result));
        });
        if (cancel != nullptr) *cancel = std::move(stop);
        return future;
    }
    tool::ToolResult call(const std::string& name, const std::string& input) {
        tool::ToolCall call;
        call.name = name;
        call.input_json = input;
        return begin(std::move(call)).get();
    }
    ext::ExtensionInfo info(const std::string& id) const {
        for (auto& info : host.list())
            if (info.id == id) return info;
        ADD_FAILURE() << "no extension " << id;
        return {};
    }

    tool::Catalogue catalogue;
    ext::Host host;
};

}  // namespace ordinaut
