// For authors who have RapidJSON: values to and from ordinaut::Json, and texts. Optional; nothing
// else includes it.
//
//   const rapidjson::Document input = ordinaut::parse_rapidjson(call.input_text());
//   call.ok_text(ordinaut::text_of(document));
#pragma once
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "json.hpp"

namespace ordinaut {

// Iterative: depth costs no stack. Throws JsonError with the byte where it is wrong.
inline rapidjson::Document parse_rapidjson(std::string_view text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
        text.data(), text.size());
    if (document.HasParseError())
        throw JsonError(std::string(rapidjson::GetParseError_En(document.GetParseError())) +
                        " at byte " + std::to_string(document.GetErrorOffset()));
    return document;
}
inline std::string text_of(const rapidjson::Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}
inline rapidjson::Document to_rapidjson(const Json& value) { return parse_rapidjson(value.text()); }
inline Json from_rapidjson(const rapidjson::Value& value) { return Json::parse(text_of(value)); }

}  // namespace ordinaut
