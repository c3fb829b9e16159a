#!/usr/bin/env python3
"""What a scrape of /metrics costs: `ordinaut up` with so many tasks, many of its routes used and some runs done.

usage: scrape.py BINARY [--tasks 10000] [--scrapes 200]

Each format is a line: milliseconds until the whole page is there (median, p99, worst), its size and how many series it has.
"""
import argparse
import concurrent.futures
import http.client
import os
import statistics
import tempfile
import time

from lateness import Server

FORMATS = {"text": "text/plain", "OpenMetrics": "application/openmetrics-text; version=1.0.0"}


def create(server, count):
    def some(first):
        own = Server.__new__(Server)
        own.connection = http.client.HTTPConnection(server.connection.host, server.connection.port, timeout=60)
        own.token = server.token
        for i in range(first, count, 8):
            own.ask("POST", "/tasks", {"title": f"task {i}", "schedule_kind": "cron", "schedule_expr": "0 0 1 1 *",
                                       "payload": {"pipeline": [{"id": "a", "uses": "std.echo", "with": {"n": i}}]}})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(some, range(8)))


def use(server):
    tasks = server.ask("GET", "/tasks?limit=100")["items"]
    for task in tasks:
        server.ask("POST", f"/tasks/{task['id']}/run_now", {})
    paths = ["/", "/agents", "/extensions", "/health", "/health/ready", "/queue", "/runs", "/runs/stats/summary", "/secrets", "/tools",
             "/workers", f"/tasks/{tasks[0]['id']}", "/tools/std.echo", "/extensions/std", "/ext/webui/status", "/ext/mcp_http/status"]
    for path in paths:
        server.ask("GET", path)


def scrape(server, accept, count):
    took = []
    for _ in range(count):
        began = time.perf_counter()
        server.connection.request("GET", "/metrics", headers={"Accept": accept})
        answer = server.connection.getresponse()
        page = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"/metrics: {answer.status}")
    return sorted(took), page


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--scrapes", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)  # Started by root the servers run as somebody else.
        server = Server(given.binary, directory)
        try:
            create(server, given.tasks)
            use(server)
            for name, accept in FORMATS.items():
                took, page = scrape(server, accept, given.scrapes)
                series = sum(not line.startswith(b"#") for line in page.splitlines())
                print(f"{name}: median {statistics.median(took):.2f} ms, p99 {took[int(len(took) * 0.99) - 1]:.2f} ms, "
                      f"worst {took[-1]:.2f} ms; {len(page)} bytes, {series} series, {given.tasks} tasks")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
