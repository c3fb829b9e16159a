#!/usr/bin/env bash
# The real binary on its embedded servers (fsync on): REST throughput with wrk at 16 connections, the median of three runs each,
# and how fast a queue of one-step std.echo runs drains.
#   tests/bench/rest.sh [SECONDS per run, default 5]
# Needs: build/release/ordinaut (or $ORDINAUT), wrk, curl, python3. Starts its own server in a temporary directory.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
seconds=${1:-5}
binary=${ORDINAUT:-build/release/ordinaut}
dir=$(mktemp -d)
chmod 711 "$dir"  # Started by root, the servers run as another user and must pass through.
"$binary" up --data-dir "$dir/data" --port 0 >"$dir/out" 2>"$dir/log" &
server=$!
trap 'kill -TERM $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 300); do [ -s "$dir/data/credentials.json" ] && grep -q Ready "$dir/out" && break; sleep 0.1; done

json() { python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }
url=$(json "['url']" <"$dir/data/credentials.json")
token=$(curl -sf -H 'Content-Type: application/json' -d @<(python3 -c "
import json,sys; c=json.load(open('$dir/data/credentials.json')); print(json.dumps({k: c[k] for k in ('agent_id','agent_secret')}))") \
    "$url/agents/auth/token" | json "['access_token']")

body='{"title":"bench","schedule_kind":"cron","schedule_expr":"0 8 * * 1-5","timezone":"Europe/Chisinau","payload":{"params":{"n":1},"pipeline":[{"id":"a","uses":"std.echo","with":{"n":"${params.n}"}}]}}'
preview='{"schedule_kind":"rrule","schedule_expr":"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0","timezone":"Europe/Chisinau"}'
task=$(curl -sf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$body" "$url/tasks" | json "['id']")

cat >"$dir/post.lua" <<'LUA'
wrk.method = "POST"
wrk.body = os.getenv("BODY")
wrk.headers["Content-Type"] = "application/json"
done = function(summary) io.write(string.format("errors %d\n", summary.errors.status + summary.errors.read + summary.errors.timeout)) end
LUA
echo 'done = function(summary) io.write(string.format("errors %d\n", summary.errors.status + summary.errors.read + summary.errors.timeout)) end' >"$dir/get.lua"

measure() {  # name script path
    for _ in 1 2 3; do
        wrk -t1 -c16 -d"${seconds}s" -s "$2" -H "Authorization: Bearer $token" "$url$3" >"$dir/wrk"
        awk '/Requests\/sec/ {r=$2} /^errors/ {e=$2} END {print r, e}' "$dir/wrk"
    done | sort -n | awk -v name="$1" 'NR == 2 {r = $1} {e += $2} END {printf "%-24s %10.0f requests/s   errors %d\n", name, r, e}'
}
BODY= measure "GET /health/live" "$dir/get.lua" /health/live
BODY= measure "GET /tasks/{id}" "$dir/get.lua" "/tasks/$task"
BODY=$preview measure "POST /schedules/preview" "$dir/post.lua" /schedules/preview
BODY=$body measure "POST /tasks" "$dir/post.lua" /tasks

# Runs drained: queued through REST while the queue is paused, then timed from resume to empty.
auth="Authorization: Bearer $token"
curl -sf -o /dev/null -X POST -H "$auth" "$url/admin/queue/pause"
echo 'wrk.method = "POST"' >"$dir/run.lua"
wrk -t1 -c16 -d"$((seconds * 2))s" -s "$dir/run.lua" -H "$auth" "$url/tasks/$task/run_now" >"$dir/wrk"
awk '/Requests\/sec/ {printf "%-24s %10.0f requests/s\n", "POST /tasks/{id}/run_now", $2}' "$dir/wrk"
python3 - "$url" "$token" <<'PY'
import json, sys, time, urllib.request
url, token = sys.argv[1:]
def call(method, path):
    request = urllib.request.Request(url + path, method=method, headers={"Authorization": "Bearer " + token})
    return json.load(urllib.request.urlopen(request))
queued = call("GET", "/queue")["depth"]
began = time.monotonic()
call("POST", "/admin/queue/resume")
while call("GET", "/queue")["depth"] > 0:
    time.sleep(0.02)
took = time.monotonic() - began
print("%-24s %10.0f runs/s       %d runs in %.2f s" % ("drain, one std.echo step", queued / took, queued, took))
PY
