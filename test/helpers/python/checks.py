"""What checks in Python share: they register, compare, and are run, one line of JSON for each."""

import json
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

CHECKS = []


def check(title):
    """Registers a check; what it returns is printed as what was seen."""

    def register(function):
        CHECKS.append((title, function))
        return function

    return register


def same(seen, expected):
    if (type(seen), seen) != (type(expected), expected):
        raise AssertionError(f"saw {seen!r}, expected {expected!r}")


def failure(work):
    """The error that work ends with, as text; a check fails when there is none."""
    try:
        work()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("it went well, which it must not")


def run_checks(parallel_count, module_order=()):
    """Those of modules named in the order come by it."""
    names = list(module_order)
    checks = sorted(CHECKS, key=lambda check: names.index(check[1].__module__)) if names else CHECKS
    with ThreadPoolExecutor(parallel_count) as pool:
        for done in as_completed([pool.submit(_run, *each) for each in checks]):
            print(json.dumps(done.result()), flush=True)


def _run(title, function):
    started = time.monotonic()
    line = {"check": title, "ok": True}
    try:
        line["seen"] = str(function() or "")
    except Exception as error:
        line.update(ok=False, seen=f"{type(error).__name__}: {error}")
    return {**line, "seconds": round(time.monotonic() - started, 2)}
