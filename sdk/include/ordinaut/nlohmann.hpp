// For authors who have nlohmann/json: values to and from ordinaut::Json, and texts. Optional;
// nothing else includes it.
//
//   const nlohmann::json input = ordinaut::parse_nlohmann(call.input_text());
//   call.ok_text(nlohmann::json{{"n", 3}}.dump());
#pragma once
#include <nlohmann/json.hpp>

#include "json.hpp"

namespace ordinaut {

// Throws JsonError, as Json::parse does.
inline nlohmann::json parse_nlohmann(std::string_view text) {
    auto value = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (value.is_discarded()) throw JsonError("is not valid JSON");
    return value;
}
inline nlohmann::json to_nlohmann(const Json& value) { return parse_nlohmann(value.text()); }
// Throws JsonError for what is not UTF-8.
inline Json from_nlohmann(const nlohmann::json& value) {
    try {
        return Json::parse(value.dump());
    } catch (const nlohmann::json::exception& error) {
        throw JsonError(error.what());
    }
}

}  // namespace ordinaut
