// The smallest test framework there is, for those who bring none: expect() as often as needed, then
// `return result();`.
#pragma once
#include <cstdio>
#include <string>

namespace ordinaut::testing {

inline int& failures() {
    static int count = 0;
    return count;
}
// Says what should have held when it does not.
inline void expect(bool holds, const std::string& what) {
    if (holds) return;
    ++failures();
    std::fprintf(stderr, "failed: %s\n", what.c_str());
}
template <class Left, class Right>
void expect_equal(const Left& got, const Right& wanted, const std::string& what) {
    expect(got == wanted, what);
}
inline void expect_equal(const std::string& got, const std::string& wanted,
                         const std::string& what) {
    expect(got == wanted, what + ": got \"" + got + "\", wanted \"" + wanted + "\"");
}
// main()'s exit code.
inline int result() { return failures() == 0 ? 0 : 1; }

}  // namespace ordinaut::testing
