"""An audit as a document and as a spreadsheet, and the list of audits as a file: the figures of the page, once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from compliance.papers.documents import Document, Section

from .queries import Listed
from .reports import Report
from .rules import FIGURES, Figures

HEADS: dict[str, str] = {
    "sign_ins": "Sign-ins here",
    "case_sign_ins": "Case system sign-ins",
    "cases_opened": "Cases opened",
    "downloads": "Downloads",
    "exports": "Exports",
    "refusals": "Refused here",
    "reported_refusals": "Refused there",
    "out_of_hours": "Out of hours",
    "break_glass": "Break-glass",
}
"""What each figure is called at the head of its column."""

COUNTS: dict[str, str] = {
    "sign_ins": "Whole sign-ins to this service.",
    "case_sign_ins": "Sign-ins to the case system, as it reported them.",
    "cases_opened": "Different cases that the case system reported as viewed, downloaded from, exported or disclosed, "
    "or that this service said the person may view. However often one was opened, it counts once for each person.",
    "downloads": "Downloads, each time, as the case system reported them.",
    "exports": "Exports, each time, as the case system reported them.",
    "refusals": "Questions about the person that this service answered with no, each time.",
    "reported_refusals": "What the case system reported that it refused, each time. It may be the same attempt.",
    "out_of_hours": "Sign-ins to the case system outside working hours, and different cases opened outside them.",
    "break_glass": "Different cases, or things of a case, opened by break-glass.",
}
"""What each figure counts, for those who read it."""

STATES = {"open": "Open", "overdue": "Overdue", "signed_off": "Signed off"}
_BEFORE = "These were reported only after the audit was opened. They are in no figure above, and in no other quarter’s."


@dataclass(frozen=True)
class Part:
    """One table of the report: what stands above it, its columns and rows, or what is said where there are none."""

    heading: str
    says: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    nothing: str = "There is nothing here."


def parts(report: Report) -> list[Part]:
    """The report in parts, the same for every form of it."""
    found = [
        Part("Together", _summary(report), ("What", "This quarter", "What it counts"), _together(report)),
        Part(
            "By person", "Everybody who held a licence of the organisation in the quarter, or whose access was counted.",
            ("Person", *HEADS.values()),
            [(line.name, *_numbers(line.figures)) for line in report.lines if line.counted],
        ),
        Part(
            "Reported late", _BEFORE, ("Person", *HEADS.values()),
            [(line.name, *_numbers(line.late)) for line in report.lines if line.late],
            "Nothing has been reported for this quarter since the audit was opened.",
        ),
        Part(
            "Quarter by quarter", "", ("Quarter", "People", *HEADS.values()),
            [(str(past.quarter), f"{past.people:,}", *_numbers(past.figures)) for past in report.past],
        ),
    ]  # fmt: skip
    if report.flags is not None:
        found.append(
            Part(
                "Flags", "What the quarter’s accesses raised under the rules of need to know.",
                ("Rule", "What it means", "Flags", "Not decided"),
                [(each.rule, each.means, f"{each.number:,}", f"{each.waiting:,}") for each in report.flags],
                "No flag was raised.",
            )
        )  # fmt: skip
    found.append(
        Part(
            "Findings", "", ("What", "Words", "Person", "Found by", "Found"),
            [
                (each.said, each.words, each.person or "", each.found_by, moment(each.found_at))
                for each in report.findings
            ],
            "Nothing has been written down.",
        )
    )  # fmt: skip
    return found


def document(report: Report) -> Document:
    """The report as a document to be set and signed."""

    def section(part: Part) -> Section:
        says = tuple(words for words in (part.says, "" if part.rows else part.nothing) if words)
        return Section(part.heading, says, (), part.columns, part.rows)

    end = Section("Sign-off", (report.conclusion,) if report.conclusion else (), sign_off(report))
    return Document(
        title=_title(report),
        stem=f"access-audit-{report.quarter}",
        produced_at=report.produced_at,
        address=report.address,
        says=(f"What people did on behalf of {report.organisation} from {_span(report)} (AUD-5, OP 6.5).",),
        sections=[*(section(part) for part in parts(report)), end],
        wide=True,
    )


def sheets(report: Report) -> list[Table]:
    """The report as the sheets of a spreadsheet."""
    stem = f"access-audit-{report.quarter}"
    rows = [*sign_off(report), *([("Conclusion", report.conclusion)] if report.conclusion else [])]
    every = [*parts(report), Part("Sign-off", "", ("What", "How it stands"), rows)]
    return [
        Table(
            f"{_title(report)}. {part.heading}", stem, report.produced_at, part.columns,
            part.rows or [(part.nothing, *[""] * (len(part.columns) - 1))], report.address, sheet=part.heading,
        )
        for part in every
    ]  # fmt: skip


def sign_off(report: Report) -> list[tuple[str, str]]:
    """How the audit stands, and whom it waits for."""
    facts = [
        ("State", STATES[report.progress.value]),
        ("Opened", _said(report.opened_at)),
        ("Last day for signing off", said_day(report.due_on)),
        ("Entries of the log", f"{report.entries[0]:,} up to {report.entries[1]:,}"),
    ]
    if report.signed_by and report.signed_at:
        return [*facts, ("Signed off by", report.signed_by), ("Signed off", _said(report.signed_at))]
    return [*facts, ("It waits for", ", ".join(report.signers) or "nobody who can sign: somebody has to be named")]


def of_list(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """The list of audits: one line for each."""
    lines = [
        (
            row.organisation,
            row.audit.quarter,
            STATES[row.progress.value],
            row.audit.due_on.isoformat(),
            f"{row.people}",
            *(f"{number}" for number in row.figures),
            f"{row.findings}",
            row.signed_by or "",
            moment(row.audit.signed_at),
        )
        for row in rows
    ]
    columns = (
        "Organisation", "Quarter", "State", "Last day", "People", *HEADS.values(), "Findings", "Signed off by",
        "Signed off",
    )  # fmt: skip
    address = f"{ctx.house.settings.base_url}/access-audits"
    return Table("Access audits", "access-audits", ctx.now(), columns, lines, address, most, "Access audits")


def _together(report: Report) -> list[tuple[str, str, str]]:
    return [(HEADS[name], f"{getattr(report.total, name):,}", COUNTS[name]) for name in FIGURES]


def _summary(report: Report) -> str:
    people = f"{report.people:,} {'person' if report.people == 1 else 'people'}"
    return f"{people}, from {_span(report)}, as counted when the audit was opened."


def _numbers(figures: Figures) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in figures)


def _title(report: Report) -> str:
    return f"Access audit, {report.quarter.said}: {report.organisation}"


def _span(report: Report) -> str:
    return f"{said_day(report.quarter.first_day)} to {said_day(report.quarter.last_day)}"


def _said(instant: datetime) -> str:
    return f"{said_day(london_date(instant))} at {said_time(instant)}"
