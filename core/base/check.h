// CHECK(condition): a programmer's error ends the process, in release too, with the place and the
// condition.
#pragma once

namespace ordinaut {
[[noreturn]] void check_failed(const char* file, int line, const char* condition);
}

#define CHECK(condition)                    \
    (static_cast<bool>(condition) ? void(0) \
                                  : ::ordinaut::check_failed(__FILE_NAME__, __LINE__, #condition))
#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif
