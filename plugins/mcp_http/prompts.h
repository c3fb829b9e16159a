// What a person can start a conversation with.
#pragma once
#include "exchange.h"

namespace mcp_http {

struct PromptArgument {
    std::string name, description;
    bool required = false;
};
struct Prompt {
    std::string name, title, description;
    std::vector<PromptArgument> arguments;
    void (*answer)(const ExchangePtr& exchange, const Prompt& prompt, const Json& arguments);
};

const std::vector<Prompt>& prompts();
const Prompt* find_prompt(std::string_view name);

}  // namespace mcp_http
