"""Runs every check against the stand-in named in STAND_IN and prints one line of JSON for each."""

import os

import links
import values
from checks import run_checks

_MODULES = (links, values)

run_checks(parallel_count=8, module_order=[module.__name__ for module in _MODULES])
os._exit(0)
