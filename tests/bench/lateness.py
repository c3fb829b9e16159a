#!/usr/bin/env python3
"""How late occurrences start: `ordinaut up`, tasks due at one instant or spread over one second, through the real binary.

usage: lateness.py BINARY [--count 1000] [--spread-ms 0] [--rounds 3]

Lateness is started_at minus nominal_at of each run, as the API shows them (the database's clock). Each round is a line.
"""
import argparse
import datetime
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.parse

UTC = datetime.timezone.utc


class Server:
    def __init__(self, binary, directory):
        self.process = subprocess.Popen([binary, "up", "--port", "0", "--data-dir", directory], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        url = ""
        for line in self.process.stdout:
            found = re.match(r"\s+API\s+(\S+)", line)
            url = found.group(1) if found else url
            if line.startswith("Ready"):
                break
        self.connection = http.client.HTTPConnection(urllib.parse.urlparse(url).netloc, timeout=60)
        known = json.loads(pathlib.Path(directory, "credentials.json").read_text())
        self.token = ""
        self.token = self.ask("POST", "/agents/auth/token", {name: known[name] for name in ("agent_id", "agent_secret")})["access_token"]

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]}")
        return json.loads(text)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def one_round(server, count, spread_ms):
    # 1.5 ms a task are generous; nothing else is asked of the server while the occurrences come.
    due = datetime.datetime.now(UTC).replace(microsecond=0) + datetime.timedelta(seconds=10 + count // 100)
    for i in range(count):
        at = due + datetime.timedelta(milliseconds=spread_ms * i / count)
        server.ask("POST", "/tasks", {"title": f"task {i}", "schedule_kind": "once", "schedule_expr": at.isoformat(timespec="milliseconds"),
                                      "payload": {"pipeline": [{"id": "a", "uses": "std.echo", "with": {"n": i}}]}})
    spare = (due - datetime.datetime.now(UTC)).total_seconds()
    if spare < 1:
        raise SystemExit("the tasks were not created in time")
    time.sleep(spare + spread_ms / 1000 + 5)
    since = urllib.parse.quote((due - datetime.timedelta(seconds=5)).isoformat())
    late, offset = [], 0
    while True:
        page = server.ask("GET", f"/runs?limit=200&offset={offset}&start_time={since}")
        for run in page["items"]:
            if run["state"] != "succeeded":
                raise SystemExit(f"a run is {run['state']}")
            late.append((moment(run["started_at"]) - moment(run["nominal_at"])).total_seconds() * 1000)
        offset += 200
        if not page["has_more"]:
            break
    if len(late) != count:
        raise SystemExit(f"{len(late)} runs, not {count}")
    late.sort()
    return late


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--spread-ms", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lateness") as directory:
        os.chmod(directory, 0o755)  # Started by root the servers run as somebody else.
        server = Server(asked.binary, directory)
        try:
            one_round(server, 20, 0)  # Warm: connections, prepared statements, the extension.
            for number in range(asked.rounds):
                late = one_round(server, asked.count, asked.spread_ms)
                at = lambda share: late[min(len(late) - 1, int(share * len(late)))]
                print(f"round {number + 1}: {len(late)} runs over {asked.spread_ms} ms: p50 {at(.5):.1f} ms, p99 {at(.99):.1f} ms, "
                      f"max {late[-1]:.1f} ms", flush=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
