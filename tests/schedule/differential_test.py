#!/usr/bin/env python3
"""Compares the generator with python-dateutil on random rules.

Goal: every valid rule, and every set of rules and dates, gives the same occurrences as dateutil 2.8, from DTSTART and from any
later moment.
Method: random rules and sets in UTC go to `schedule_enumerate` in one batch; dateutil expands the same text. Rules on which dateutil
spends too long are not counted.

Left out, because RFC 5545 clearly says otherwise or dateutil has no word for it (docs/schedules.md lists them):
 - BYWEEKNO without a weekday, month day or year day (RFC: the weekday of DTSTART; dateutil: all seven days);
 - WEEKLY with BYSETPOS whose DTSTART is not the first day of its week (dateutil counts from DTSTART in that week);
 - BYDAY that mixes plain and numbered weekdays (RFC: either; dateutil: both at once, which is never);
 - BYWEEKNO=-52 and -53 (dateutil misses the days of week 1 that lie in the old year), 52 and 53 (it counts the weeks of the
   old year by the length of the new one): these are compared with the definition itself instead, for every year and week start;
 - BYSECOND=60; what RFC 5545 forbids and dateutil lets pass.

The seed is fixed, so that a failure is always of the code at hand; try others by hand.

usage: differential_test.py ENUMERATE [--rules N] [--sets N] [--seed S]
"""
import argparse
import datetime as dt
import multiprocessing
import random
import re
import signal
import subprocess
import sys
import time

from dateutil import rrule

FREQS = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
COUNT = 20
WEEK_COUNT = 100
REFERENCE_SECONDS_MAX = 0.003
SHARES = 8  # Always as many, so that the cases of a seed do not depend on the machine.


def some(rng, values, most=3):
    return sorted(rng.sample(list(values), rng.randint(1, most)))


def numbers(values):
    return ",".join(str(v) for v in values)


def signed(rng, top, most=3):
    values = {rng.choice([1, 1, -1]) * rng.randint(1, top) for _ in range(rng.randint(1, most))}
    return sorted(values)


def random_rule(rng):
    freq = rng.choice(FREQS)
    level = FREQS.index(freq)
    start = dt.datetime(rng.randint(1970, 2030), 1, 1) + dt.timedelta(
        days=rng.randint(0, 365), seconds=rng.choice([0, 3600 * 9, rng.randint(0, 86399)]))
    parts = ["FREQ=" + freq]
    interval = rng.choice([1, 1, 1, 2, 3, 4, 5, 7, 10, 13, 24, 36, 90]) if freq != "YEARLY" else rng.choice([1, 1, 2, 3, 4])
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    chance = lambda p: rng.random() < p
    by = {}
    if chance(0.3):
        by["BYMONTH"] = numbers(some(rng, range(1, 13)))
    if freq == "YEARLY" and chance(0.2):
        by["BYWEEKNO"] = numbers(signed(rng, 51))
    if level in (0, 4, 5, 6) and chance(0.12):
        by["BYYEARDAY"] = numbers(signed(rng, 366))
    if freq != "WEEKLY" and chance(0.25):
        by["BYMONTHDAY"] = numbers(signed(rng, 31))
    if chance(0.4) or ("BYWEEKNO" in by and not ("BYMONTHDAY" in by or "BYYEARDAY" in by)):
        days = rng.sample(DAYS, rng.randint(1, 4))
        if freq in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in by and chance(0.5):
            top = 5 if freq == "MONTHLY" or "BYMONTH" in by else 53
            days = [f"{rng.choice([1, -1]) * rng.randint(1, top)}{d}" for d in days]
        by["BYDAY"] = ",".join(days)
    if chance(0.25):
        by["BYHOUR"] = numbers(some(rng, range(24)))
    if chance(0.25):
        by["BYMINUTE"] = numbers(some(rng, range(60)))
    if chance(0.15):
        by["BYSECOND"] = numbers(some(rng, range(60)))
    week_start = rng.choice(DAYS) if chance(0.25) else "MO"
    if by and chance(0.2):
        if freq == "WEEKLY":  # See the module's comment.
            start -= dt.timedelta(days=(start.weekday() - DAYS.index(week_start)) % 7)
            start = start.replace(hour=0, minute=0, second=0)
        by["BYSETPOS"] = numbers(signed(rng, rng.choice([2, 5, 20]), 2))
    parts += [f"{name}={value}" for name, value in by.items()]
    if week_start != "MO":
        parts.append("WKST=" + week_start)
    if chance(0.15):
        parts.append(f"COUNT={rng.randint(1, 40)}")
    elif chance(0.15):
        parts.append("UNTIL=" + (start + dt.timedelta(days=rng.randint(1, 3000))).strftime("%Y%m%dT%H%M%SZ"))
    rng.shuffle(parts)
    return start, ";".join(parts)


def random_set(rng):
    """One or two rules, of which an EXRULE takes a part, with single dates in and out."""
    start, text = random_rule(rng)
    freq = text.split("FREQ=")[1].split(";")[0]
    iso = lambda t: t.strftime("%Y%m%dT%H%M%SZ")
    lines = ["RRULE:" + text]
    if rng.random() < 0.4:
        lines.append(f"RRULE:FREQ={rng.choice(FREQS[1:4])};INTERVAL={rng.randint(1, 9)}")
    if rng.random() < 0.7:
        finer = FREQS[FREQS.index(freq):] if rng.random() < 0.5 else [freq]
        taken = rng.choice(["BYMONTH=" + numbers(some(rng, range(1, 13), 6)), "BYDAY=" + ",".join(rng.sample(DAYS, 3)),
                            "BYHOUR=" + numbers(some(rng, range(24), 9)), "INTERVAL=" + str(rng.randint(2, 5))])
        lines.append(f"EXRULE:FREQ={rng.choice(finer)};{taken}")
    near = lambda: start + dt.timedelta(days=rng.randint(0, 20), hours=rng.choice([0, 0, 1, 5]))
    if rng.random() < 0.4:
        lines.append("RDATE:" + ",".join(iso(near()) for _ in range(rng.randint(1, 3))))
    if rng.random() < 0.4:
        lines.append("EXDATE:" + ",".join(iso(start + dt.timedelta(days=n)) for n in some(rng, range(15), 5)))
    return start, "|".join(lines)


class Slow(Exception):
    pass


def too_slow(*_):
    raise Slow()


def reference(start, text, after):
    """dateutil's occurrences after a moment; None when it takes too long or cannot say."""
    try:
        return expand(start, text, after)
    except Slow:  # Also when the time was up just as expand() ended.
        return None


def expand(start, text, after):
    signal.setitimer(signal.ITIMER_VIRTUAL, REFERENCE_SECONDS_MAX)
    try:
        # dateutil wants UNTIL and DTSTART to agree about having a zone; everything here is UTC.
        plain = re.sub(r"([0-9T]{15})Z", r"\1", text.replace("|", "\n"))
        rule = rrule.rrulestr(plain, dtstart=start)
        out = []
        for at in rule:
            if at > after:
                out.append(at)
                if len(out) == COUNT:
                    break
        return out
    except ValueError as problem:  # "Invalid rrule byxxx generates an empty set."
        return [] if "empty set" in str(problem) and ":" not in text else None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def weeks_of_years(first_year, years, week_start):
    """RFC 5545: week 1 is the first with at least four days in its year. First day, number, and number from that year's end."""
    first = dt.date(first_year, 1, 1)
    day = first - dt.timedelta(days=(first.weekday() - week_start) % 7)
    while day.year < first_year + years:
        middle = day + dt.timedelta(days=3)
        number = (middle.timetuple().tm_yday - 1) // 7 + 1
        last = dt.date(middle.year, 12, 31)
        last_middle = last - dt.timedelta(days=(last.weekday() - week_start) % 7) + dt.timedelta(days=3)
        weeks = 53 if last_middle.year == middle.year and (last_middle.timetuple().tm_yday - 1) // 7 == 52 else 52
        yield day, number, number - weeks - 1
        day += dt.timedelta(days=7)


def days_of_weeks(weeks, first_year, years, wanted):
    for begin, number, from_end in weeks:
        if number in wanted or from_end in wanted:
            for day in (begin + dt.timedelta(days=n) for n in range(7)):
                if first_year <= day.year < first_year + years:
                    yield dt.datetime(day.year, day.month, day.day)


def week_cases():
    """The first and last weeks of 120 years for every week start, by definition."""
    start = dt.datetime(1980, 1, 1)
    for week_start, name in enumerate(DAYS):
        weeks = list(weeks_of_years(1980, 120, week_start))
        for wanted in ([1], [52], [53], [-1], [-52], [-53], [-53, 1, 53]):
            text = f"FREQ=YEARLY;BYWEEKNO={numbers(wanted)};BYDAY={','.join(DAYS)};WKST={name}"
            expected = list(days_of_weeks(weeks, 1980, 120, wanted))
            yield start, text, start - dt.timedelta(days=1), expected[:WEEK_COUNT]


def share_of_cases(share):
    """Random cases with what dateutil says of them, and how many it does not decide."""
    seed, rules, sets = share
    signal.signal(signal.SIGVTALRM, too_slow)
    rng = random.Random(seed)
    cases = []
    undecided = 0
    while len(cases) < rules + sets:
        start, text = random_rule(rng) if len(cases) < rules else random_set(rng)
        after = start - dt.timedelta(days=1)
        span = rng.choice([1, 2] if any("FREQ=" + f in text for f in FREQS[4:]) else [2, 40, 4000])
        if rng.random() < 0.4:
            after = start + dt.timedelta(seconds=rng.randint(0, 86400 * span))
        expected = reference(start, text, after)
        if expected is None:
            undecided += 1
        else:
            cases.append((start, text, after, expected, COUNT))
    return cases, undecided


def main():
    options = argparse.ArgumentParser()
    options.add_argument("enumerate")
    options.add_argument("--rules", type=int, default=5000)
    options.add_argument("--sets", type=int, default=500)
    options.add_argument("--seed", type=int, default=20260101)
    options = options.parse_args()
    print(f"seed {options.seed}, {options.rules} rules, {options.sets} sets")
    part = lambda whole, i: whole * (i + 1) // SHARES - whole * i // SHARES
    shares = [(f"{options.seed}/{i}", part(options.rules, i), part(options.sets, i)) for i in range(SHARES)]
    with multiprocessing.Pool() as pool:
        done = pool.map(share_of_cases, shares, chunksize=1)
    cases = [case for some_cases, _ in done for case in some_cases]
    undecided = sum(count for _, count in done)
    cases += [(*case, WEEK_COUNT) for case in week_cases()]

    iso = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [f"rrule\tUTC\t{iso(after)}\t{count}\tDTSTART:{start:%Y%m%dT%H%M%SZ}|{text if ':' in text else 'RRULE:' + text}"
             for start, text, after, _, count in cases]
    began = time.monotonic()
    answer = subprocess.run([options.enumerate], input="\n".join(lines) + "\n", text=True, capture_output=True, check=True)
    took = time.monotonic() - began
    wrong = 0
    for (start, text, after, expected, _), got in zip(cases, answer.stdout.splitlines(), strict=True):
        want = " ".join(iso(t) for t in expected)
        if got.startswith("error:"):
            ok = "never runs" in got and not expected
        else:
            ok = got.strip() == want
        if not ok:
            wrong += 1
            if wrong <= 10:
                print(f"DTSTART {start} RRULE {text} after {after}\n  want {want}\n  got  {got}")
    occurrences = sum(len(case[3]) for case in cases)
    print(f"{len(cases)} rules and sets, {occurrences} occurrences, {wrong} wrong, {undecided} undecided, ours took {took:.2f} s")
    sys.exit(1 if wrong else 0)


main()
