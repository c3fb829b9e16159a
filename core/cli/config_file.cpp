#include "cli/config_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/nearest.h"
#include "cli/config.h"
#include "cli/files.h"

// Compiled here rather than linked: the packaged library reports faults by exceptions.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_UNRELEASED_FEATURES 0
#include <toml++/toml.h>

namespace ordinaut::cli {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;

int line_of(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

template <class Value>
std::string printed(const Value& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

// The parser bounds nesting, so recursion is safe here.
void write_node(JsonWriter& writer, const toml::node& node) {
    if (const auto* table = node.as_table()) {
        writer.begin_object();
        for (const auto& [key, value] : *table) {
            writer.key(key.str());
            write_node(writer, value);
        }
        writer.end_object();
    } else if (const auto* array = node.as_array()) {
        writer.begin_array();
        for (const auto& item : *array) write_node(writer, item);
        writer.end_array();
    } else if (const auto* text = node.as_string()) {
        writer.string(text->get());
    } else if (const auto* integer = node.as_integer()) {
        writer.number(int64_t{integer->get()});
    } else if (const auto* number = node.as_floating_point()) {
        writer.number(number->get());
    } else if (const auto* boolean = node.as_boolean()) {
        writer.boolean(boolean->get());
    } else if (const auto* date = node.as_date()) {
        writer.string(printed(date->get()));
    } else if (const auto* time = node.as_time()) {
        writer.string(printed(time->get()));
    } else if (const auto* instant = node.as_date_time()) {
        writer.string(printed(instant->get()));
    }
}

std::string json_of(const toml::node& node) {
    JsonWriter writer;
    write_node(writer, node);
    return writer.take();
}

// The value in the form the environment would have it, or nullopt when its type is wrong.
std::optional<std::string> text_of(const ConfigKey& key, const toml::node& node) {
    if (std::holds_alternative<int64_t ServerConfig::*>(key.member)) {
        if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
        return std::nullopt;
    }
    if (std::holds_alternative<bool ServerConfig::*>(key.member)) {
        if (const auto* boolean = node.as_boolean()) return boolean->get() ? "on" : "off";
    } else if (std::holds_alternative<std::vector<std::string> ServerConfig::*>(key.member)) {
        if (const auto* array = node.as_array()) {
            std::string joined;
            for (const auto& item : *array) {
                const auto* text = item.as_string();
                if (text == nullptr || text->get().find(key.separator) != std::string::npos)
                    return std::nullopt;
                joined += (joined.empty() ? "" : std::string(1, key.separator)) + text->get();
            }
            return joined;
        }
    } else if (key.form == TextForm::kJsonObject && node.is_table()) {
        return json_of(node);
    }
    const auto* text = node.as_string();
    return text == nullptr ? std::nullopt : std::optional<std::string>(text->get());
}

std::vector<std::string_view> file_names() {
    std::vector<std::string_view> names = {"extensions"};
    for (const ConfigKey& key : config_keys()) names.push_back(key.name);
    return names;
}

void read_extensions(const std::string& path, const toml::node& node, ConfigFile& file) {
    const auto wrong = [&](std::string pointer, const toml::node& at) {
        file.faults.push_back({std::move(pointer),
                               fmt::format("{}:{}: must be a table of settings, [extensions.<id>]",
                                           path, line_of(at))});
    };
    const auto* table = node.as_table();
    if (table == nullptr) return wrong("extensions", node);
    for (const auto& [id, settings] : *table) {
        if (settings.is_table())
            file.extensions.emplace(id.str(), json_of(settings));
        else
            wrong(fmt::format("extensions.{}", id.str()), settings);
    }
}

}  // namespace

Result<ConfigFile> read_config_file(const std::string& path) {
    const std::string text = TRY(read_text(path, kFileBytesMax));
    const toml::parse_result parsed = toml::parse(text, path);
    if (!parsed) {
        const toml::parse_error& fault = parsed.error();
        return Error{ErrorCode::kInvalid,
                     fmt::format("{}:{}:{}: not valid TOML: {}", path, fault.source().begin.line,
                                 fault.source().begin.column, fault.description())};
    }
    ConfigFile file;
    for (const auto& [name, node] : parsed.table()) {
        if (name == "extensions") {
            read_extensions(path, node, file);
            continue;
        }
        const auto& keys = config_keys();
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const ConfigKey& k) { return k.name == name.str(); });
        if (key == keys.end()) {
            file.faults.push_back(
                {std::string(name.str()),
                 fmt::format("{}:{}: there is no such setting{}", path, line_of(node),
                             did_you_mean(name.str(), file_names()))});
        } else if (auto value = text_of(*key, node)) {
            file.values[std::string(name.str())] = {std::move(*value), line_of(node)};
        } else {
            file.faults.push_back(
                {std::string(name.str()), fmt::format("{}:{}: has the wrong type; it must be {}",
                                                      path, line_of(node), type_text(*key))});
        }
    }
    return file;
}

}  // namespace ordinaut::cli
