"""Runs every check against the stand-in named in STAND_IN and prints one line of JSON for each."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import asking
import groups
import processing
import reading
import refusals
import sending
import values
import ways_in
from harness import CHECKS

PARALLEL_COUNT = 16
# The longest first, so that they do not run on alone at the end.
_MODULES = (processing, reading, groups, values, sending, refusals, asking, ways_in)


def run(title, function):
    started = time.monotonic()
    line = {"check": title, "ok": True}
    try:
        line["seen"] = str(function() or "")
    except Exception as error:
        line.update(ok=False, seen=f"{type(error).__name__}: {error}")
    return {**line, "seconds": round(time.monotonic() - started, 2)}


def in_order():
    names = [module.__name__ for module in _MODULES]
    return sorted(CHECKS, key=lambda check: names.index(check[1].__module__))


def main():
    with ThreadPoolExecutor(PARALLEL_COUNT) as pool:
        for done in as_completed([pool.submit(run, *check) for check in in_order()]):
            print(json.dumps(done.result()), flush=True)
    # Threads of the SDK may linger, and nothing of theirs is waited for.
    os._exit(0)


main()
