"""All lines of ``make faults``, those that take long before the others."""

from typing import Final

from faults import (
    damage,
    doors_agree,
    forks,
    full_disk,
    growth,
    io_errors,
    kill,
    making,
    power_cuts,
    serial,
    signals,
    stale_logs,
    stopped,
    storm,
    upgrades,
)
from faults.lines import Line

LINES: Final = (
    Line(
        "requests",
        "valid, nearly valid and garbage requests at five doors, which agree",
        1_000_000,
        doors_agree.trial,
        together=1_000,
    ),
    Line(
        "errors",
        "a call of the system fails, once or for ever: ENOSPC, EIO, EDQUOT, EMFILE, EACCES, EFBIG",
        4_000,
        io_errors.trial,
        io_errors.TOGETHER,
    ),
    Line(
        "damage",
        "bits, garbage, sectors and pages of a file are changed, lost or in the wrong place",
        10_000,
        damage.trial,
        damage.TOGETHER,
    ),
    Line(
        "power",
        "a power cut at any step of ten kinds of work, and of opening what it left, 3 deep",
        5_000,
        power_cuts.trial,
        power_cuts.TOGETHER,
    ),
    Line(
        "kill",
        "kill -9 of a writer at a random moment: 12 ways of writing at 5 doors",
        1_000,
        kill.trial,
        on_disk=True,
    ),
    Line(
        "forks",
        "a program with the file open forks; both go on, close, end or are killed",
        500,
        forks.trial,
    ),
    Line(
        "serial",
        "transactions of several processes and threads on lists, one process killed now and then;"
        " their history must be one of transactions one after another",
        60_000,
        serial.trial,
        together=400,
    ),
    Line(
        "upgrade",
        "kill -9 at any step of upgrading a file of format 1",
        500,
        upgrades.trial,
    ),
    Line(
        "stale-logs",
        "a backup, an earlier state or another file put beside the log of a crash, and opened or"
        " read by a command",
        500,
        stale_logs.trial,
    ),
    Line(
        "full-disk",
        "writing, by nine kinds of requests, until a small disk is really full",
        1_000,
        full_disk.trial,
        together=10,
    ),
    Line(
        "ctrl-c",
        "an interruption at a random moment of twelve kinds of work, then the next",
        10_000,
        storm.trial,
        together=50,
    ),
    Line(
        "log-growth",
        "two seconds of writing beside threads and processes that read without a pause",
        60,
        growth.trial,
    ),
    Line(
        "signals",
        "SIGTERM or Ctrl-C to a server under load and to a shell in the midst of statements",
        60,
        signals.trial,
    ),
    Line(
        "making",
        "programs make one new file at once, open it while others close it, and are killed",
        500,
        making.trial,
    ),
    Line(
        "stopped",
        "a writer is stopped, mostly in a transaction: others read, and get Busy for writes",
        60,
        stopped.trial,
        together=4,
    ),
)
