#!/usr/bin/env bash
# The same answer from the process itself and from an extension, on one server: wrk at 1, 16 and 64 connections, the two
# taking turns, medians of five runs each.
#   tests/bench/routes.sh [SECONDS per run, default 2]
# Needs: build/bench/bench/route_server (or $ROUTE_SERVER), wrk.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
seconds=${1:-2}
coproc server { exec "${ROUTE_SERVER:-build/bench/bench/route_server}"; }
read -r url <&"${server[0]}"
rate() { wrk -t1 -c"$1" -d"${seconds}s" "$url$2" | awk '/Requests\/sec/ {print $2} /Non-2xx/ {print "failed" > "/dev/stderr"; exit 1}'; }
rate 16 /core/hello >/dev/null && rate 16 /ext/web/hello >/dev/null
for connections in 1 16 64; do
    core='' ext=''
    for _ in 1 2 3 4 5; do
        core+="$(rate $connections /core/hello) " ext+="$(rate $connections /ext/web/hello) "
    done
    median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | sed -n 3p; }
    awk -v n=$connections -v c="$(median "$core")" -v e="$(median "$ext")" \
        'BEGIN {printf "%3d connections   core %8.0f/s   extension %8.0f/s   %5.1f %%\n", n, c, e, 100 * e / c}'
done
exec {server[1]}>&-
wait
