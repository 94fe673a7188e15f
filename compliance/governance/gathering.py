"""Gathering the evidence on one organisation, as at an instant, from the registers themselves (SIG-14).

Each part is what its register said at the instant: what was recorded by then and not corrected yet. Where a register
keeps only the newest of something, the part says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as Found
from sqlalchemy import select

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.values import Policy
from signatories import queries as register
from signatories.assurance import rules as assurance
from signatories.assurance.rules import Currency
from signatories.facts import OrganisationFacts
from signatories.models import Instrument
from signatories.queries import Line
from signatories.reviews import rules as reviews
from signatories.reviews.models import InstrumentReview
from signatories.reviews.rules import Progress

from . import concerns, holders
from .beside import beside
from .packs import Pack, Part, Row

INSTRUMENTS = {"isa": "Information Sharing Agreement", "op": "Operating Protocol"}
STATES = {
    "signed": "Signed",
    "unsigned": "Not signed",
    "lapsed": "Lapsed",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
}
METHODS = {"online": "In this service", "paper": "On paper"}
POLICIES = {"safeguarding": "Safeguarding", "data_protection": "Data protection"}
CONTACTS = {
    "primary": "Primary licence holder",
    "delegate": "Approved delegate",
    "escalation": "Senior escalation contact",
}
ENTRIES = {"signature": "Signature", "refusal": "Refusal", "withdrawal": "Withdrawal", "isa_check": "ISA check"}
CURRENCY = {
    Currency.MISSING: "None recorded",
    Currency.CURRENT: "Current",
    Currency.DUE_SOON: "Current, review due soon",
    Currency.IN_GRACE: "Past its review, in days of grace",
    Currency.OUT_OF_DATE: "Out of date",
}
PROGRESS = {
    Progress.COMING: "To come",
    Progress.DUE: "Open",
    Progress.OVERDUE: "Open, overdue",
    Progress.DONE: "Held",
}


def gather(ctx: Context, organisation_id: UUID, at: datetime) -> Pack:
    """Everything the registers said of an organisation at `at`; raises Invalid for before they knew it, NotFound for none."""
    now = at == ctx.now()
    found = register.reading(ctx, organisation_id, at=None if now else at).organisations[organisation_id]
    if found.since > at:
        raise Invalid.at("/as_at", "The register did not know this organisation then. Choose a later day.")
    lines = register.history(ctx, organisation_id, at=at)
    kept = beside(ctx, organisation_id, at)
    return Pack(
        organisation_id,
        found.name,
        found.code,
        at,
        past=not now,
        produced_at=ctx.now(),
        address=f"{ctx.house.settings.base_url}/organisations/{organisation_id}/evidence",
        parts=(
            _standing(found),
            _entries(lines),
            _challenges(kept["challenge"], at),
            _policies(ctx, kept["policy"], at),
            _isa_checks(lines),
            _contacts(ctx, kept["contact"]),
            *holders.parts(ctx, organisation_id, at, now=now),
            _reviews(ctx, at),
            *concerns.parts(ctx, organisation_id, at),
        ),
    )


def _standing(found: OrganisationFacts) -> Part:
    rows: list[Row] = [
        (
            named(INSTRUMENTS, code),
            STATES[cell.state.value],
            cell.version or "",
            cell.signed_name or "",
            cell.signed_role or "",
            moment(cell.signed_at),
            named(METHODS, cell.method),
            moment(cell.until),
        )
        for code, cell in found.instruments.items()
    ]
    columns = ("Instrument", "State", "Version", "Signed by", "Role", "Signed", "How", "Holds until")
    says = (
        "A signatory of all it must have signed." if found.signatory else "Not a signatory of all it must have signed."
    )
    return Part("standing", "Standing", columns, rows, says)


def _entries(lines: list[Line]) -> Part:
    rows: list[Row] = [
        (
            moment(line.at),
            f"{line.what[:1].upper()}{line.what[1:]}",
            named(INSTRUMENTS, line.instrument),
            line.version or "",
            line.name or "",
            line.role or "",
            named(METHODS, line.method),
            _corrected(line),
        )
        for line in lines
        if line.kind != "isa_check"
    ]
    columns = ("When", "What", "Instrument", "Version", "Name", "Role", "How", "Corrections")
    return Part(
        "entries", "Signatures and withdrawals", columns, rows, "Refusals are here too. The newest stands first."
    )


def _corrected(line: Line) -> str:
    if line.superseded_at is not None:
        return f"Not believed since {moment(line.superseded_at)}"
    return "Corrects an earlier entry" if line.corrects_id is not None else ""


def _challenges(found: Sequence[Found[Any]], at: datetime) -> Part:
    rows: list[Row] = []
    for one in sorted(found, key=lambda each: each.began, reverse=True):
        decided = one.ended is not None and one.ended <= at
        rows.append(
            (
                moment(one.began),
                named(ENTRIES, one.kind),
                one.one,
                one.two.capitalize() if decided else "Open",
                moment(one.ended) if decided else "",
                (one.three or "") if decided else "",
            )
        )
    columns = ("Raised", "Entry", "Grounds", "State", "Decided", "Reasons")
    return Part("challenges", "Challenges", columns, rows, nothing="No entry had been challenged.")


def _policies(ctx: Context, found: Sequence[Found[Any]], at: datetime) -> Part:
    policy = ctx.the(Policy)
    soon = max(policy.signatories.policy_warn_days, default=0)
    held = {one.kind: one for one in found}
    rows: list[Row] = []
    for kind in dict.fromkeys((*policy.licences.required_policies, *held)):
        one = held.get(kind)
        stands = assurance.standing(
            one.next_day if one else None, london_date(at), soon_days=soon, grace_days=policy.licences.policy_grace_days
        )
        kept = (one.one, one.two, said_day(one.day), said_day(one.next_day), _kept_as(one)) if one else ("",) * 5
        rows.append((named(POLICIES, kind), CURRENCY[stands.currency], *kept))
    columns = ("Policy", "State", "Title", "Owner", "Dated", "Next review", "Kept as")
    return Part("policies", "Policies", columns, rows)


def _kept_as(policy: Found[Any]) -> str:
    return policy.three or ("A file" if policy.held else "")


def _isa_checks(lines: list[Line]) -> Part:
    rows: list[Row] = [
        (moment(line.at), f"{line.what[:1].upper()}{line.what[1:]}", _corrected(line))
        for line in lines
        if line.kind == "isa_check"
    ]
    columns = ("Checked", "Result", "Corrections")
    return Part("isa-checks", "ISA checks", columns, rows, nothing="The partnership’s own list had not been looked at.")


def _contacts(ctx: Context, found: Sequence[Found[Any]]) -> Part:
    rows: list[Row] = [
        (named(CONTACTS, one.kind), one.one, one.two, one.three or "", moment(one.began)) for one in found
    ]
    filled = {one.kind for one in found}
    missing = [kind for kind in ctx.the(Policy).licences.required_contacts if kind not in filled]
    rows.extend((named(CONTACTS, kind), "Missing", "", "", "") for kind in missing)
    columns = ("Contact", "Name", "E-mail", "Telephone", "Since")
    return Part("contacts", "Key contacts", columns, rows)


def _reviews(ctx: Context, at: datetime) -> Part:
    values, today = ctx.the(Policy).signatories, london_date(at)
    found = ctx.session.execute(
        select(Instrument.code, InstrumentReview)
        .outerjoin(InstrumentReview, InstrumentReview.instrument_id == Instrument.id)
        .order_by(Instrument.code, InstrumentReview.due_on)
    ).all()
    entries: list[tuple[str, InstrumentReview | None]] = [(row[0], row[1]) for row in found]
    held = {(code, one.due_on): one for code, one in entries if one is not None and one.recorded_at <= at}
    days = reviews.due_days(values.go_live, values.review_after_months, values.review_every_months, until=today)
    rows: list[Row] = []
    for due_on in days:
        for code in dict.fromkeys(code for code, _ in entries):
            one = held.get((code, due_on))
            stands = reviews.progress(due_on, held=one is not None, today=today, early_days=values.review_early_days)
            rows.append(
                (
                    named(INSTRUMENTS, code),
                    said_day(due_on),
                    PROGRESS[stands],
                    said_day(one.held_on) if one else "",
                    one.decision.capitalize() if one else "",
                    one.issues if one else "",
                )
            )
    columns = ("Instrument", "Due", "State", "Held", "Decision", "Emerging issues")
    return Part("reviews", "Reviews", columns, rows, "Reviews of the instruments, which every signatory shares in.")


def moment(instant: datetime | None) -> str:
    """An instant as a pack says it."""
    return f"{said_day(london_date(instant))} at {said_time(instant)}" if instant else ""


def named(words: dict[str, str], code: str | None) -> str:
    """A code in words; one that none knows is spelled out."""
    return words.get(code, code.replace("_", " ").capitalize()) if code else ""
