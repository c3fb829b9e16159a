#include "cli/config.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>

#include "base/json.h"
#include "base/nearest.h"
#include "cli/config_file.h"

namespace ordinaut::cli {
namespace {

constexpr std::string_view kMask = "(set, not shown)";
constexpr size_t kKeyBytesMin = 32;

// Variables with our prefix that are no settings of the server.
constexpr std::string_view kOtherVariables[] = {"ORDINAUT_TOKEN", "ORDINAUT_URL", "ORDINAUT_CONFIG",
                                                "ORDINAUT_NO_INSTALL"};

std::string_view get(const std::map<std::string, std::string>& map, const std::string& name) {
    const auto it = map.find(name);
    return it == map.end() ? std::string_view{} : std::string_view(it->second);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const size_t end = std::min(text.find(separator), text.size());
        std::string_view item = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
    }
    return items;
}

bool one_of(std::string_view word, const std::vector<std::string_view>& words) {
    return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.");
}

// Fits the key's form; the empty text always does.
bool fits(TextForm form, const std::string& text) {
    if (text.empty()) return form != TextForm::kZone;
    const std::string_view view = text;
    switch (form) {
        case TextForm::kPlain: return true;
        case TextForm::kPostgresUrl:
            return view.starts_with("postgresql://") || view.starts_with("postgres://") ||
                   view.find("host=") != std::string_view::npos ||
                   view.find("dbname=") != std::string_view::npos;
        case TextForm::kRedisUrl:
            return view.starts_with("redis://") || view.starts_with("unix://");
        case TextForm::kJsonObject: {
            const auto parsed = parse_json(text);
            return parsed.ok() && parsed->IsObject();
        }
        case TextForm::kKey: return text.size() >= kKeyBytesMin;
        case TextForm::kBase64Key: return text.size() == 43 || text.size() == 44;
        case TextForm::kZone: {
            std::error_code error;
            return view.find("..") == std::string_view::npos && !view.starts_with('/') &&
                   std::filesystem::is_regular_file("/usr/share/zoneinfo/" + text, error);
        }
    }
    return false;
}

// Puts the text into the member; false when it is not what type_text() says.
struct Assign {
    const ConfigKey& key;
    const std::string& text;
    ServerConfig& config;

    bool operator()(std::string ServerConfig::*member) const {
        if (!one_of(text, key.choices) || !fits(key.form, text)) return false;
        config.*member = text;
        return true;
    }
    bool operator()(int64_t ServerConfig::*member) const {
        int64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < key.min ||
            value > key.max)
            return false;
        config.*member = value;
        return true;
    }
    bool operator()(bool ServerConfig::*member) const {
        const bool yes = text == "on" || text == "true" || text == "1";
        if (!yes && text != "off" && text != "false" && text != "0") return false;
        config.*member = yes;
        return true;
    }
    bool operator()(std::vector<std::string> ServerConfig::*member) const {
        auto items = split(text, key.separator);
        for (size_t i = 0; i < items.size(); ++i)
            if (!one_of(items[i], key.choices) ||
                std::find(items.begin(), items.begin() + static_cast<long>(i), items[i]) !=
                    items.begin() + static_cast<long>(i))
                return false;
        if (items.empty() && !key.choices.empty()) return false;
        config.*member = std::move(items);
        return true;
    }
};

// Hides the password of a URL, and a connection string that carries one elsewhere whole.
std::string without_password(const std::string& text) {
    if (text.find("password") != std::string::npos) return std::string(kMask);
    const size_t scheme = text.find("://");
    if (scheme == std::string::npos) return text;
    const size_t start = scheme + 3;
    const size_t at = text.rfind('@', text.find('/', start));
    const size_t colon = text.find(':', start);
    if (at == std::string::npos || colon == std::string::npos || colon > at || at < start)
        return text;
    return text.substr(0, colon + 1) + "***" + text.substr(at);
}

std::string shown(const Setting& setting) {
    if (setting.text.empty()) return "";
    if (setting.key->secret) return std::string(kMask);
    if (setting.key->form == TextForm::kPostgresUrl || setting.key->form == TextForm::kRedisUrl)
        return without_password(setting.text);
    return setting.text;
}

void refuse_unknown_variables(const ConfigInputs& inputs, std::vector<ErrorDetail>& faults) {
    std::vector<std::string_view> known(std::begin(kOtherVariables), std::end(kOtherVariables));
    for (const ConfigKey& key : config_keys()) known.push_back(key.env);
    for (const auto& [name, value] : inputs.environment)
        if (name.starts_with("ORDINAUT_") &&
            std::find(known.begin(), known.end(), name) == known.end())
            faults.push_back(
                {name, "there is no such environment variable" + did_you_mean(name, known)});
}

// The value of one key from flags, environment, the command's own defaults or the table's; the file
// comes in between.
Setting setting_of(const ConfigKey& key, const ConfigInputs& inputs, const ConfigFile& file,
                   const std::string& path) {
    const std::string name(key.name), env(key.env);
    if (const auto it = inputs.flags.find(name); it != inputs.flags.end())
        return {&key, it->second, "flag " + flag_of(key)};
    // A variable set to nothing counts as not set, as compose files write it.
    if (const auto it = inputs.environment.find(env);
        it != inputs.environment.end() && !it->second.empty())
        return {&key, it->second, "environment " + env};
    if (const auto it = file.values.find(name); it != file.values.end())
        return {&key, it->second.text, fmt::format("{}:{}", path, it->second.line)};
    if (const auto it = inputs.fallbacks.find(name); it != inputs.fallbacks.end())
        return {&key, it->second, "default"};
    return {
        &key,
        key.name == "data_dir" ? default_data_dir(inputs.environment) : std::string(key.fallback),
        "default"};
}

// The file to read, or empty. --config and ORDINAUT_CONFIG must exist; the usual places may.
std::string chosen_file(const ConfigInputs& inputs) {
    if (!inputs.config_file.empty()) return inputs.config_file;
    if (const auto named = get(inputs.environment, "ORDINAUT_CONFIG"); !named.empty())
        return std::string(named);
    static const ConfigFile kNone;
    const std::string data_dir = setting_of(config_keys().front(), inputs, kNone, "").text;
    for (const std::string& place : config_places(data_dir))
        if (access(place.c_str(), F_OK) == 0) return place;
    return "";
}

void check_together(const ResolvedConfig& resolved, std::vector<ErrorDetail>& faults) {
    const ServerConfig& config = resolved.config;
    if (!config.auth && !is_loopback(config.host))
        faults.push_back(
            {"auth",
             fmt::format(
                 "off is allowed on a loopback address only, and host is {}; use host 127.0.0.1 "
                 "or auth on",
                 config.host)});
    if (config.data_dir.empty())
        faults.push_back({"data_dir",
                          "cannot be told, since neither HOME nor XDG_DATA_HOME is set; give "
                          "--data-dir a path"});
}

}  // namespace

std::vector<std::string> config_places(const std::string& data_dir) {
    std::vector<std::string> places = {"ordinaut.toml", "/etc/ordinaut/ordinaut.toml"};
    if (!data_dir.empty()) places.push_back(data_dir + "/ordinaut.toml");
    return places;
}

std::string default_data_dir(const std::map<std::string, std::string>& environment) {
    if (geteuid() == 0) return "/var/lib/ordinaut";
    // XDG: relative paths there are to be ignored.
    if (const auto xdg = get(environment, "XDG_DATA_HOME"); xdg.starts_with('/'))
        return std::string(xdg) + "/ordinaut";
    const auto home = get(environment, "HOME");
    return home.empty() ? "" : std::string(home) + "/.local/share/ordinaut";
}

Result<ResolvedConfig> resolve_config(const ConfigInputs& inputs) {
    ResolvedConfig resolved;
    std::vector<ErrorDetail> faults;
    refuse_unknown_variables(inputs, faults);
    ConfigFile file;
    resolved.file = chosen_file(inputs);
    if (!resolved.file.empty()) file = TRY(read_config_file(resolved.file));
    faults.insert(faults.end(), file.faults.begin(), file.faults.end());
    resolved.config.extensions = std::move(file.extensions);
    for (const ConfigKey& key : config_keys()) {
        Setting setting = setting_of(key, inputs, file, resolved.file);
        if (!std::visit(Assign{key, setting.text, resolved.config}, key.member))
            faults.push_back({std::string(key.name),
                              fmt::format("{}{} is not right; it must be {}", setting.source,
                                          key.secret ? "" : fmt::format(": '{}'", shown(setting)),
                                          type_text(key))});
        resolved.settings.push_back(std::move(setting));
    }
    if (faults.empty()) check_together(resolved, faults);
    if (!faults.empty())
        return Error{ErrorCode::kInvalid, "the configuration is not valid", std::move(faults)};
    return resolved;
}

std::string config_text(const ResolvedConfig& resolved) {
    std::string text = fmt::format("# file: {}\n", resolved.file.empty() ? "none" : resolved.file);
    for (const Setting& setting : resolved.settings)
        text += fmt::format("{:<22} {:<32} {}\n", setting.key->name,
                            shown(setting).empty() ? "-" : shown(setting), setting.source);
    for (const auto& [id, json] : resolved.config.extensions)
        text += fmt::format("{:<22} {:<32} {}\n", "extensions." + id, kMask, resolved.file);
    return text;
}

std::string config_json(const ResolvedConfig& resolved) {
    JsonWriter writer;
    writer.begin_object();
    for (const Setting& setting : resolved.settings)
        writer.key(setting.key->name)
            .begin_object()
            .field("value", shown(setting))
            .field("source", setting.source)
            .end_object();
    for (const auto& [id, json] : resolved.config.extensions)
        writer.key("extensions." + id)
            .begin_object()
            .field("value", kMask)
            .field("source", resolved.file)
            .end_object();
    writer.end_object();
    return writer.take();
}

std::map<std::string, std::string> process_environment() {
    std::map<std::string, std::string> environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view pair = *entry;
        const size_t equals = pair.find('=');
        if (equals != std::string_view::npos)
            environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return environment;
}

}  // namespace ordinaut::cli
