"""Several readers of one partition: owner levels and the limit on those without."""

from contextlib import ExitStack

from checks import check, same
from harness import fresh_hub, reading, send


def one_event():
    hub = fresh_hub()
    send(hub, ["a"], partition_id="0")
    return hub


@check("hands a partition to the reader with the higher owner level")
def takeover():
    hub = one_event()
    with reading(hub, owner_level=1) as first:
        first.wait_for(1)
        with reading(hub, owner_level=2) as second:
            second.wait_for(1)
            return first.wait_for_error()


@check("refuses a reader with a lower owner level")
def lower_level():
    hub = one_event()
    with reading(hub, owner_level=5) as first:
        first.wait_for(1)
        with reading(hub, owner_level=4) as second:
            text = second.wait_for_error()
        same(first.errors, [])
        return text


@check("refuses a reader without an owner level beside one that has it")
def no_level():
    hub = one_event()
    with reading(hub, owner_level=0) as first:
        first.wait_for(1)
        with reading(hub) as second:
            return second.wait_for_error()


@check("keeps owner levels of two groups apart")
def two_groups():
    hub = one_event()
    with reading(hub, owner_level=5) as first, reading(hub, group="app", owner_level=1) as second:
        first.wait_for(1)
        second.wait_for(1)
        same(first.errors + second.errors, [])


@check("lets five readers without an owner level in and refuses the sixth")
def sixth_reader():
    hub = one_event()
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(reading(hub)).wait_for(1)
        sixth = stack.enter_context(reading(hub))
        return sixth.wait_for_error()
