#!/usr/bin/env python3
"""Compares zones with Python's zoneinfo, which reads the same tzdata by its own code (TZif and footer).

Goal: offsets are right from 1970 to 2100, and local times in gaps and folds are read as RFC 5545 asks: with the offset before the gap,
and the first of two.
Method: every stretch of constant offset is checked at its edges and inside; then moments at random; then `once` schedules with local
times around every change of the clocks.

usage: zone_differential_test.py ENUMERATE [--seed S]
"""
import argparse
import datetime as dt
import random
import subprocess
import sys
import zoneinfo

ZONES = ["Europe/Chisinau", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
         "Pacific/Apia", "America/Sao_Paulo", "Antarctica/Troll", "Europe/Dublin", "Asia/Gaza", "Pacific/Chatham", "UTC"]
FIRST, LAST = dt.datetime(1970, 1, 2, tzinfo=dt.timezone.utc), dt.datetime(2101, 1, 1, tzinfo=dt.timezone.utc)
SECOND = dt.timedelta(seconds=1)


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def ask(program, lines):
    answer = subprocess.run([program], input="\n".join(lines) + "\n", text=True, capture_output=True, check=True)
    return answer.stdout.splitlines()


def parse(text):
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.timezone.utc)


def stretches(line):
    """(begin, end, offset) up to LAST."""
    parts = [part.split("/") for part in line.split()]
    begins = [parse(begin) if begin < iso(LAST) else LAST for begin, _ in parts] + [LAST]
    for index, (_, offset) in enumerate(parts):
        if begins[index] < LAST:
            yield begins[index], min(begins[index + 1], LAST), dt.timedelta(seconds=int(offset))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("enumerate")
    options.add_argument("--seed", type=int, default=20260101)
    options = options.parse_args()
    rng = random.Random(options.seed)
    wrong, checked, readings = [], 0, []
    answers = ask(options.enumerate, [f"zone\t{name}\t{iso(FIRST)}\t400\tx" for name in ZONES])
    for name, line in zip(ZONES, answers, strict=True):
        zone = zoneinfo.ZoneInfo(name)
        before = None
        for begin, end, offset in stretches(line):
            inside = [begin + (end - begin) * n / 12 for n in range(12)] + [end - SECOND]
            inside += [begin + (end - begin) * rng.random() for _ in range(8)]
            for at in inside:
                checked += 1
                if at.astimezone(zone).utcoffset() != offset:
                    wrong.append(f"{name} at {iso(at)}: {offset}, not {at.astimezone(zone).utcoffset()}")
            if before is not None:
                edge = begin.replace(tzinfo=None)
                low, high = sorted((edge + before, edge + offset))
                for local in (low - SECOND, low, low + (high - low) / 2, high - SECOND, high):
                    local = local.replace(microsecond=0)
                    readings.append((name, local, local.replace(tzinfo=zone, fold=0).astimezone(dt.timezone.utc)))
            before = offset
    lines = [f"once\t{name}\t1969-01-01T00:00:00Z\t2\t{local:%Y-%m-%dT%H:%M:%S}" for name, local, _ in readings]
    for (name, local, expected), got in zip(readings, ask(options.enumerate, lines), strict=True):
        if got.strip() != iso(expected):
            wrong.append(f"{name} local {local}: {got.strip()}, not {iso(expected)}")
    print(f"seed {options.seed}: {len(ZONES)} zones, {checked} moments, {len(readings)} local times, {len(wrong)} wrong")
    print("\n".join(wrong[:20]))
    sys.exit(1 if wrong or checked < 10000 or len(readings) < 1000 else 0)


main()
