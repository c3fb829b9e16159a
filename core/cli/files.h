// Small files of the command line: read whole, written privately.
#pragma once
#include <string>

#include "base/result.h"

namespace ordinaut::cli {

// The whole file; "-" is standard input. kInvalid names the file and the fault; kTooLarge over
// `bytes_max`.
Result<std::string> read_text(const std::string& path, size_t bytes_max);

// Replaces `path` in one step, readable by its owner alone (0600). kUnavailable says why not.
Status write_private(const std::string& path, const std::string& text);

}  // namespace ordinaut::cli
