#!/bin/sh
# Goal: every public header compiles alone, in C11, C++17 and C++20, without a warning.  headers.sh <include dir> <cc> <c++>
set -u
failed=0
flags="-Wall -Wextra -Wpedantic -Wconversion -Werror -fsyntax-only -I$1"
for header in "$1"/ordinaut/*.h; do
  name=ordinaut/$(basename "$header")
  echo "#include <$name>" | $2 -x c -std=c11 $flags - || failed=1
done
for header in "$1"/ordinaut/*.h "$1"/ordinaut/*.hpp; do
  name=ordinaut/$(basename "$header")
  for standard in c++17 c++20; do
    echo "#include <$name>" | $3 -x c++ -std=$standard $flags - || { echo "$name ($standard)"; failed=1; }
  done
done
exit $failed
