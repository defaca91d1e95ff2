"""Runs every check against the stand-in named in STAND_IN and prints one line of JSON for each."""

import os

import asking
import groups
import processing
import reading
import refusals
import sending
import values
import ways_in
from checks import run_checks

# The longest first, so that they do not run on alone at the end.
_MODULES = (processing, reading, groups, values, sending, refusals, asking, ways_in)

run_checks(parallel_count=16, module_order=[module.__name__ for module in _MODULES])
# Threads of the SDK may linger, and nothing of theirs is waited for.
os._exit(0)
