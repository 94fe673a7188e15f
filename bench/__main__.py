"""`make bench`: what was measured on this machine just now, each figure as a ratio to its peer in the same run.

python -m bench "over http" ends    only those whose names hold one of these words
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

from . import decisions, endings, log, over_http, pack, pages, reporting, retention, signing_in, stand, telling


def row(what: str, ours: str, peer: str, ratio: float, wanted: float, *, at_least: bool = True) -> None:
    """One line: what, ours, the peer's, the ratio, what was asked for, and whether it is met."""
    met = ratio >= wanted if at_least else ratio <= wanted
    sign = "≥" if at_least else "≤"
    print(
        f"{what:<46} {ours:>22}  {peer:>26}  {ratio:7.2f} ×  (asked {sign} {wanted:g})  {'met' if met else 'NOT MET'}"
    )


MANY_PEOPLE, MANY_ORGANISATIONS = 200_000, 20_000


def in_process() -> None:
    peer = decisions.cedar(2_000)
    for store in stand.STORES:
        small = decisions.measure(2_000, store=store)
        row(f"decision, in process, 2,000 people, {store}", f"{small.per_second:,.0f}/s", f"cedarpy {peer:,.0f}/s",
            small.per_second / peer, 40)  # fmt: skip
        large = decisions.measure(MANY_PEOPLE, MANY_ORGANISATIONS, store)
        row(f"  {MANY_PEOPLE:,} people, {MANY_ORGANISATIONS:,} organisations: cost", f"{large.per_second:,.0f}/s",
            f"2,000: {small.per_second:,.0f}/s", small.per_second / large.per_second, 3, at_least=False)  # fmt: skip
        row("  start: seconds for 20,000 people", f"{large.opened_in / 10:.2f} s", "1 s", large.opened_in / 10, 1,
            at_least=False)  # fmt: skip
        print(f"  ({small.permits:.0%} of the answers were permits)")


def http() -> None:
    for store in stand.STORES:
        found = over_http.measure(store)
        bare, single = _median(found.bare, "per_second"), _median(found.single, "per_second")
        row(f"decision over HTTP, durable, 32 lines, {store}", f"{single:,.0f}/s", f"bare Flask {bare:,.0f}/s",
            single / bare, 2)  # fmt: skip
        p99 = _median(found.single, "p99_ms")
        row("  its 99th percentile", f"{p99:.1f} ms", "10 ms", p99 / 10, 1, at_least=False)
        batch = _median(found.batch, "per_second") * over_http.IN_A_BATCH
        row("  batches of 100, durable", f"{batch:,.0f} decisions/s", "100,000/s", batch / 100_000, 1)


def http_of_a_large_hub() -> None:
    for store in stand.STORES:
        small = over_http.measure(store)
        large = over_http.measure(store, MANY_PEOPLE, MANY_ORGANISATIONS)
        # Each beside the bare route of its own minutes, so that a machine that slows down slows both.
        costs = [_median(each.bare, "per_second") / _median(each.single, "per_second") for each in (small, large)]
        row(f"decision over HTTP in a large hub: cost, {store}", f"{_median(large.single, 'per_second'):,.0f}/s",
            f"2,000: {_median(small.single, 'per_second'):,.0f}/s", costs[1] / costs[0], 1.5, at_least=False)  # fmt: skip


def ended_rights() -> None:
    for store in stand.STORES:
        found = endings.measure(store)
        judged = found.judgement
        what = f"{judged.decisions:,} decisions, {judged.endings.total():,} endings, {found.workers} workers"
        print(f"{store}: {what}, {len(judged.endings)} kinds, {found.seconds:,.0f} s")
        row("  permits after the end of the right", f"{judged.stale.total():,}", "0", judged.stale.total(), 0,
            at_least=False)  # fmt: skip
        row("  denials of rights that stood", f"{judged.wrong.total():,}", "0", judged.wrong.total(), 0,
            at_least=False)  # fmt: skip


def sign_in() -> None:
    whole, alone = signing_in.measure()
    row("sign-in", f"{whole:.1f} ms", f"its hash {alone:.1f} ms", whole / alone, 1.15, at_least=False)


def telling_names() -> None:
    area = telling.measure()
    row("a known name told from an unknown one by time", f"AUC {area:.3f}", "chance 0.5", area, 0.55, at_least=False)


def the_log() -> None:
    added = log.adding()
    row("entries one at a time, durable", f"{added.single:,.0f}/s", f"bare SQLite {added.bare_single:,.0f}/s",
        added.single / added.bare_single, 0.5)  # fmt: skip
    row("  in hundreds", f"{added.batch:,.0f}/s", f"bare SQLite {added.bare_batch:,.0f}/s",
        added.batch / added.bare_batch, 0.5)  # fmt: skip
    read = log.reading()
    row(f"verify a log of {log.ENTRIES:,}", f"{read.per_second:,.0f}/s", "300,000/s", read.per_second / 300_000, 1)
    row("  memory", f"{read.megabytes:.0f} MB", "200 MB", read.megabytes / 200, 1, at_least=False)
    row("  since the last checkpoint", f"{read.since:.2f} s", "2 s", read.since / 2, 1, at_least=False)
    took, used = log.proving()
    row(f"proof of an entry among {log.TREE:,}", f"{took:.2f} ms", "1 ms", took, 1, at_least=False)
    print(f"  (of processor time: {read.per_cpu_second:,.0f} entries a second, {used:.2f} ms a proof)")


def every_page() -> None:
    for page in pages.measure():
        row(f"page: {page.name}", f"p95 {page.p95_ms:.0f} ms", "100 ms", page.p95_ms / 100, 1, at_least=False)


def the_pack() -> None:
    for store in stand.STORES:
        for made in pack.measure(store):
            row(f"{made.kind} {made.period}, in four dresses, {store}", f"{made.seconds:.1f} s", "20 s",
                made.seconds / 20, 1, at_least=False)  # fmt: skip
            row("  its memory, at the most", f"{made.megabytes:.0f} MB", "300 MB", made.megabytes / 300, 1,
                at_least=False)  # fmt: skip
            print(f"  ({', '.join(f'{name} {size / 1024:,.0f} KB' for name, size in made.sizes.items())})")


def case_events() -> None:
    found = reporting.measure()
    row("events reported over HTTP, 1,000 a call", f"{found.events:,.0f}/s", f"bare SQLite {found.bare:,.0f}/s",
        found.events / found.bare, 0.05)  # fmt: skip
    print(
        f"  (a call {found.calls.p50_ms:.0f} ms, its 99th percentile {found.calls.p99_ms:.0f} ms; refused: {found.calls.refused})"
    )


def due_reviews() -> None:
    few = retention.measure()
    loop = few.loop_ms or 0
    row(f"reviews due among {few.records:,}", f"{few.due_ms:,.0f} ms", f"ORM loop over all {loop:,.0f} ms",
        loop / few.due_ms, 300)  # fmt: skip
    row("  first page of the queue", f"{few.page_ms:.1f} ms", "5 ms", few.page_ms / 5, 1, at_least=False)
    many = retention.measure(retention.MANY, loop=False)
    row(f"  due among {many.records:,}", f"{many.due_ms:,.0f} ms", f"1,000,000: {few.due_ms:,.0f} ms",
        many.due_ms / few.due_ms, 1.5, at_least=False)  # fmt: skip


def _median(loads: list[over_http.Load], figure: str) -> float:
    return statistics.median(getattr(load, figure) for load in loads)


MEASUREMENTS: tuple[tuple[str, Callable[[], None]], ...] = (
    ("Sign-in", sign_in), (f"Telling names apart, {telling.EACH:,} tries each", telling_names),
    ("Decisions in process", in_process), ("Decisions over HTTP", http),
    (f"Decisions over HTTP, {MANY_PEOPLE:,} people and {MANY_ORGANISATIONS:,} organisations", http_of_a_large_hub),
    (f"Ends of rights, {endings.ENDINGS:,} of them", ended_rights),
    ("Events of the case system", case_events), ("Reviews of records", due_reviews), ("The log", the_log),
    ("The steering pack at 300 organisations, 5,000 people, 1,000,000 entries", the_pack),
    ("Pages at 300 organisations, 5,000 people, 1,000,000 entries", every_page),
)  # fmt: skip

wanted = [part.casefold() for part in sys.argv[1:]]
for name, measurement in MEASUREMENTS:
    if wanted and not any(part in name.casefold() for part in wanted):
        continue
    print(f"\n== {name} …", flush=True)
    measurement()
