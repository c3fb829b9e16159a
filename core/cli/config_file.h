// ordinaut.toml: keys and values as text, with the line each stands on.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace ordinaut::cli {

struct FileValue {
    std::string text;  // As one would write it in the environment.
    int line = 0;
};

struct ConfigFile {
    std::map<std::string, FileValue> values;        // By key name.
    std::map<std::string, std::string> extensions;  // [extensions.<id>] → a JSON object.
    std::vector<ErrorDetail> faults;                // Unknown keys and values of the wrong type.
};

// kInvalid: the file cannot be read, is larger than 1 MiB, or is not TOML (the message says where).
Result<ConfigFile> read_config_file(const std::string& path);

}  // namespace ordinaut::cli
