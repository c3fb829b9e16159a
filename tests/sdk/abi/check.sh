#!/bin/sh
# Goal: the ABI is what was promised. Compares the headers with ordinaut-1.abi, the ABI as it was released.
#   check.sh INCLUDE_DIR CC          fails when a type, an offset or a constant differs
#   check.sh INCLUDE_DIR CC --write  writes it anew: additions at the end of structs, in a new minor version, and nothing else
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" -std=c11 -g -gdwarf-4 -O0 -fPIC -shared "-I$1" "$here/surface.c" -o "$work/libsurface.so"
# Values of constants are not in the debug information.
echo '#include "surface.c"' | "$2" -std=c11 "-I$1" "-I$here" -E -dM - | grep -E '^#define ORD_[A-Z0-9_]+ ' | grep -v 'ORD_EXPORT' | LC_ALL=C sort > "$work/constants"
if [ "${3:-}" = --write ]; then
  abidw --no-comp-dir-path --no-corpus-path --no-show-locs "$work/libsurface.so" | sed "s# path=.[^']*surface.c.# path='surface.c'#" > "$here/ordinaut-1.abi"
  cp "$work/constants" "$here/constants.txt"
  exit 0
fi
diff -u "$here/constants.txt" "$work/constants"
abidiff --harmless --no-show-locs "$here/ordinaut-1.abi" "$work/libsurface.so"
