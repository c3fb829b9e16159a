#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace ordinaut {
void check_failed(const char* file, int line, const char* condition) {
    std::fprintf(stderr, "ordinaut: %s:%d: check failed: %s\n", file, line, condition);
    std::abort();
}
}  // namespace ordinaut
