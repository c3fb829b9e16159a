#!/bin/sh
# Builds my_ext and puts it together in build/extensions/my_ext/: drop that folder into ORDINAUT_EXT_PATHS.
set -eu
cd "$(dirname "$0")"
cargo build --release --offline
mkdir -p build/extensions/my_ext
cp extension.json build/extensions/my_ext/
cp target/release/libmy_ext.so build/extensions/my_ext/libmy_ext.so.new
mv build/extensions/my_ext/libmy_ext.so.new build/extensions/my_ext/libmy_ext.so
