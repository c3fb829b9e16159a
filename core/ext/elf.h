// Looks into a shared library without running any of it.
#pragma once
#include <string_view>

#include "base/result.h"

namespace ordinaut::ext {

// OK: `bytes` is a whole shared library for this machine that exports the entry function. Otherwise
// kInvalid with one sentence: cut off, another machine, not a library, or without the entry. Reads
// .dynsym, which stripping keeps.
Status check_library(std::string_view bytes);

}  // namespace ordinaut::ext
