"""The table of a run: each figure beside its goal; and docs/benchmarks.md, which keeps it."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bot.clock import Clock
from tests.bench.figures import Figures
from tests.bench.load import Result
from tests.bench.servers import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
RECORDED_ECHO = (353.0, 90.0, 90.0, 2800.0)
"""NoneBot2 measured earlier on two shared cores, for machines where it cannot be installed."""
HEAD = ("what", "events/s", "p50 / p99 ms", "CPU µs per event", "ratio", "by CPU", "goal", "verdict")

Row = tuple[str, ...]


def table(figures: Figures) -> str:
    """Return the figures as a Markdown table that can also be read in a terminal."""
    rows: list[Row] = [HEAD, *_throughput(figures), *_process(figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write(shown: str, figures: Figures) -> None:
    """Keep a table with its date and machine."""
    rounds = len(figures.bare)
    PAGE.write_text(
        f"""# Benchmarks

Written by `make bench` on {Clock().real():%Y-%m-%d}: {machine()}, Python {platform.python_version()}; \
peer: {figures.peer or "not installable here, its recorded figure is used"}.
Load average of the machine before the run: {figures.others:.1f}.
Medians of {rounds} interleaved rounds (in brackets the lowest and the highest); a ratio is the median of the ratios \
of each round. Machines differ and are noisy: only ratios within one run mean something, and where the machine had \
other work, the ratio of CPU time spent per event more than that of the rates.

{shown}

- **Bare server**: uvicorn with uvloop and httptools; signature, AES decryption, 200. It remembers nothing.
- **Acknowledged**: `yingxu serve` on SQLite (WAL, `synchronous=FULL`), {_LINES}; the 200 comes after the commit. The \
engine is not paused: while first messages of new customers are acknowledged it also classifies and answers them on \
the same core, so that row measures both and has no goal. A signal of 微信客服 is acknowledged in the same way, but \
hundreds of them are worked off by one pull: that row is the acknowledgement.
- **Full durable turn**: an answer within an intake in the WeCom app; everybody waits for the bot before going on. One \
turn is: decrypted, kept, acknowledged, worked off (read, state, what is to be said), kept, delivered to the \
platform's API, recorded. It is measured from sending the callback to the arrival of the answer, at {_LINES[:2]} chats \
at one time. An answer that was offered (how urgent it is; no earlier request) is recognised; one in words of one's \
own, no two alike, is read for every field of a request besides.
- **Whole intakes**: the same with all of the real conversation counted, the first message (classified, fields \
extracted) and the confirmation (registered, clocks, card in Feishu) too. Its goal, 10 times NoneBot2's echo, is a \
later one.
- **NoneBot2**: its Feishu adapter with the aiohttp driver, echoing what was said; nothing is kept. Half of its echoes \
are measured right before the answers, half right after them.
- Everything listens on the loopback interface; the platforms' API is a bare socket that says yes.
""",
        encoding="utf-8",
    )


_LINES = "32 connections"


def machine() -> str:
    """Name the machine by what it can do."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models and models[0] != "unknown" else platform.machine()
    return f"{len(os.sched_getaffinity(0))} cores ({model})"


def _throughput(figures: Figures) -> list[Row]:
    bare, echoes = figures.bare, figures.echoes
    recorded = Result(*RECORDED_ECHO)
    beside = echoes or [recorded] * len(bare)
    done = median(figures.done_by_then)
    return [
        _row("bare server: signature, decryption, 200", bare),
        _row(f"acknowledged: messages, {done:.0%} of them answered by then", figures.needs, bare, 0.0, "bare"),
        _row("acknowledged: signals of 微信客服", figures.signals, bare, 0.25, "bare"),
        _row("NoneBot2: echo" if echoes else "NoneBot2: echo (recorded figure)", beside),
        _row("full durable turn: an answer that was offered", figures.chosen, beside, 3.0, "NoneBot2"),
        _row("full durable turn: the same", figures.chosen, bare, 0.0, "bare"),
        _row("full durable turn: an answer in words of one's own", figures.told, beside, 0.0, "NoneBot2"),
        _row("whole intakes, classified and registered", figures.turns, beside, 0.0, "NoneBot2"),
        ("first messages in an open burst", _middle(figures.drained), "", "", "", "", "", ""),
    ]


def _row(what: str, results: list[Result], beside: list[Result] | None = None, goal: float = 0, of: str = "") -> Row:
    rate = _middle([one.rate for one in results])
    times = f"{median(one.p50 for one in results):.1f} / {median(one.p99 for one in results):.1f}"
    micros = f"{median(one.micros for one in results):,.0f}"
    if not beside:
        return what, rate, times, micros, "", "", "", ""
    pairs = list(zip(results, beside, strict=True))
    ratio = median(one.rate / other.rate for one, other in pairs)
    by_cpu = median(other.micros / one.micros for one, other in pairs)
    wanted = f"≥ {goal:.0f} ×" if goal >= 1 else f"≥ {goal:.0%}" if goal else ""
    verdict = _verdict(met=ratio >= goal) if goal else ""
    return what, rate, times, micros, f"{_ratio(ratio)} {of}", f"{_ratio(by_cpu)} {of}", wanted, verdict


def _ratio(value: float) -> str:
    return f"{value:.1f} ×" if value >= 1 or not value else f"{value:.1%} of"


def _process(figures: Figures) -> list[Row]:
    listened, ready = median(figures.listened), median(figures.ready)
    memory, busy = median(figures.megabytes), median(figures.busy_megabytes)
    return [
        _plain("start until it answers", f"{listened:.2f} s", "≤ 2 s", met=listened <= 2),
        _plain("start until it is ready", f"{ready:.2f} s", "≤ 10 s", met=ready <= 10),
        _plain("memory when ready, after the load", f"{memory:.0f}, {busy:.0f} MB", "≤ 200 MB", met=busy <= 200),
        _plain("CPU while idle", f"{figures.idle:.2f} % of a core", "< 1 %", met=round(figures.idle, 2) < 1),
    ]


def _plain(what: str, figure: str, goal: str, *, met: bool) -> Row:
    return what, figure, "", "", "", "", goal, _verdict(met=met)


def _verdict(*, met: bool) -> str:
    return "met" if met else "MISSED"


def _middle(values: Sequence[float]) -> str:
    middle = f"{median(values):,.0f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):,.0f}–{max(values):,.0f})"
