#!/usr/bin/env python3
"""next_after of the weekday rule in Europe/Chisinau, beside python3-dateutil, in one run.

dateutil walks from DTSTART: its rate is measured with a DTSTART ten years ago and, its best case, with one of today.

usage: schedule_against_dateutil.py SCHEDULE_BENCH
"""
import datetime as dt
import json
import subprocess
import sys
import time
import zoneinfo

from dateutil import rrule

ZONE = zoneinfo.ZoneInfo("Europe/Chisinau")
NOW = dt.datetime(2026, 3, 1, 8, 0, tzinfo=ZONE)


def dateutil_seconds(start):
    rule = rrule.rrulestr("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0", dtstart=start)
    best = float("inf")
    for _ in range(7):
        began, calls = time.process_time(), 0
        while time.process_time() - began < 0.1:
            rule.after(NOW)
            calls += 1
        best = min(best, (time.process_time() - began) / calls)
    return best


def main():
    answer = subprocess.run([sys.argv[1], "--benchmark_filter=^next_after_weekday_rule$", "--benchmark_repetitions=7",
                             "--benchmark_format=json"], capture_output=True, text=True, check=True)
    ours = min(one["cpu_time"] for one in json.loads(answer.stdout)["benchmarks"] if one["run_type"] == "iteration") * 1e-9
    old, new = dateutil_seconds(NOW.replace(year=2016)), dateutil_seconds(NOW)
    print("next_after, FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8;BYMINUTE=0, Europe/Chisinau (CPU time, best of seven)")
    print(f"  Ordinaut, DTSTART 10 years ago          {ours * 1e6:10.2f} us  {1 / ours:12,.0f} per second")
    for name, seconds in (("10 years ago", old), ("now", new)):
        print(f"  dateutil, DTSTART {name:<14}        {seconds * 1e6:10.2f} us  {1 / seconds:12,.0f} per second  x {seconds / ours:,.0f}")


main()
