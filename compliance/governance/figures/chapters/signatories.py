"""Who has signed, who has not, and what changed in the span (SIG-1, SIG-5, SIG-6, SIG-11; GOV-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, union_all

from compliance.governance.figures import spans
from compliance.governance.figures.counting import by_month, number, together
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit, said, share
from compliance.governance.gathering import INSTRUMENTS, STATES, named
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from policies.values import Policy
from signatories.challenges.models import Challenge
from signatories.facts import OrganisationFacts
from signatories.models import Instrument, Organisation, Signature, SigningRefusal, Withdrawal
from signatories.queries import facts
from signatories.rules import State

MOST = 1000
"""Changes that are listed at the most."""

_ORDER = (State.SIGNED, State.UNSIGNED, State.LAPSED, State.REFUSED, State.WITHDRAWN)


def chapter(ctx: Context, span: Span) -> Chapter:
    """The register at the end of the span, as it is known now, and what came and went in it."""
    close = spans.end(ctx, span)
    after, before = _known(ctx, close), _known(ctx, spans.begin(span))
    changed = _counted(ctx, span)
    return Chapter(
        "signatories",
        "Signatories",
        f"Who had signed all they must at {said_day(london_date(close))}, as the register knows it now.",
        (*_standing(ctx, after, before, close), *_changed(changed)),
        (_by_instrument(after), _by_sector(after), _changes(ctx, span)),
        (_trend(ctx, span),),
        tuple(_decisions(after, before)),
    )


def _known(ctx: Context, at: datetime) -> list[OrganisationFacts]:
    """The organisations that the register tells of at an instant, by all it knows now."""
    return [each for each in facts(ctx, at=at, known=ctx.now()).values() if each.since <= at]


def _standing(
    ctx: Context, after: Collection[OrganisationFacts], before: Collection[OrganisationFacts], close: datetime
) -> list[Figure]:
    states = Counter(each.state for each in after)
    signed, whole = sum(each.signatory for each in after), len(after)
    needed, today = ctx.the(Policy).licences, london_date(close)
    stale = [
        each for each in after
        if any(each.policies.get(kind) is None or each.policies[kind] < today for kind in needed.required_policies)
    ]  # fmt: skip
    silent = [each for each in after if not each.contacts >= set(needed.required_contacts)]
    known = bool(after)
    return [
        Figure("organisations", "Organisations on the register", whole if known else None, where="/register"),
        Figure("organisations_before", "Organisations at the beginning", len(before) if before else None),
        Figure("signatories", "Signatories of all they must have signed", signed if known else None,
               where="/register?state=signed"),
        Figure("signatories_share", "Signatories among the organisations", share(signed, whole), Unit.SHARE),
        Figure("signatories_before", "Signatories at the beginning",
               sum(each.signatory for each in before) if before else None),
        *(
            Figure(state.value, STATES[state.value], states[state] if known else None,
                   where=f"/register?state={state.value}")
            for state in _ORDER if state is not State.SIGNED
        ),
        Figure("policies_out_of_date", "With a policy missing or past its review", len(stale) if known else None,
               where="/register/assurance"),
        Figure("contacts_missing", "With a key contact missing", len(silent) if known else None, where="/register"),
    ]  # fmt: skip


def _counted(ctx: Context, span: Span) -> dict[str, int]:
    close = spans.end(ctx, span)
    signature, refusal, withdrawal = Signature, SigningRefusal, Withdrawal
    kept = withdrawal.superseded_at.is_(None) & withdrawal.called_off_at.is_(None)
    announced_at = func.coalesce(withdrawal.recorded_at, withdrawal.effective_at)
    return together(
        ctx,
        joined=select(number(spans.within(ctx, span, Organisation.created_at))),
        signed=select(number(spans.within(ctx, span, signature.signed_at), signature.superseded_at.is_(None))),
        refused=select(number(spans.within(ctx, span, refusal.refused_at), refusal.superseded_at.is_(None))),
        withdrew=select(number(spans.within(ctx, span, withdrawal.effective_at), kept)),
        announced=select(number(announced_at <= close, withdrawal.effective_at > close, kept)),
        challenged=select(number(spans.within(ctx, span, Challenge.raised_at))),
        upheld=select(number(spans.within(ctx, span, Challenge.decided_at), Challenge.status == "upheld")),
        dismissed=select(number(spans.within(ctx, span, Challenge.decided_at), Challenge.status == "dismissed")),
    )


def _changed(counted: dict[str, int]) -> list[Figure]:
    names = {
        "joined": ("Organisations that joined", "/register"),
        "signed": ("Signatures", "/register"),
        "refused": ("Refusals to sign", "/register?state=refused"),
        "withdrew": ("Withdrawals in effect", "/withdrawals"),
        "announced": ("Withdrawals announced, and still to come", "/withdrawals"),
        "challenged": ("Entries challenged", "/register/challenges"),
        "upheld": ("Challenges upheld", "/register/challenges"),
        "dismissed": ("Challenges dismissed", "/register/challenges"),
    }
    return [Figure(f"in_span_{code}", name, counted[code], where=where) for code, (name, where) in names.items()]


def _by_instrument(after: Collection[OrganisationFacts]) -> Grid:
    codes = sorted({code for each in after for code in each.instruments})
    rows = []
    for code in codes:
        states = Counter(each.instruments[code].state for each in after)
        rows.append((named(INSTRUMENTS, code), *(f"{states[state]:,}" for state in _ORDER)))
    columns = ("Instrument", *(STATES[state.value] for state in _ORDER))
    return Grid("instruments", "By instrument", columns, rows, names=False)


def _by_sector(after: Collection[OrganisationFacts]) -> Grid:
    whole, signed = Counter(each.sector for each in after), Counter(each.sector for each in after if each.signatory)
    rows = [
        (sector, f"{whole[sector]:,}", f"{signed[sector]:,}", said(share(signed[sector], whole[sector]), Unit.SHARE))
        for sector in sorted(whole, key=str.casefold)
    ]
    return Grid("sectors", "By sector", ("Sector", "Organisations", "Signatories", "Share"), rows, names=False)


def _changes(ctx: Context, span: Span) -> Grid:
    """What happened in the span, the newest first."""
    joined = select(Organisation.created_at.label("at"), Organisation.name.label("who"), literal("Joined").label("what"),
                    literal("").label("code")).where(spans.within(ctx, span, Organisation.created_at))  # fmt: skip
    signed = _entry(ctx, span, Signature, Signature.signed_at, "Signed")
    refused = _entry(ctx, span, SigningRefusal, SigningRefusal.refused_at, "Refused to sign")
    one = Withdrawal
    withdrew = (
        select(one.effective_at.label("at"), Organisation.name.label("who"), literal("Withdrew").label("what"),
               one.instruments.label("code"))
        .join(Organisation, Organisation.id == one.organisation_id)
        .where(spans.within(ctx, span, one.effective_at), one.superseded_at.is_(None), one.called_off_at.is_(None))
    )  # fmt: skip
    all_ = union_all(joined, signed, refused, withdrew).subquery()
    order = all_.c.at.desc(), all_.c.who, all_.c.what, all_.c.code
    found = ctx.session.execute(select(all_).order_by(*order).limit(MOST)).all()
    rows = [(said_day(london_date(each.at)), each.who, each.what, _instruments(each.code)) for each in found]
    cut = f"Only the newest {MOST:,} are here." if len(rows) == MOST else ""
    columns = ("Day", "Organisation", "What", "Instrument")
    return Grid("changes", "What changed", columns, rows, cut, "Nobody joined, signed, refused or withdrew.")


def _entry(ctx: Context, span: Span, entry: type[Any], at: Any, what: str) -> Any:
    return (
        select(
            at.label("at"), Organisation.name.label("who"), literal(what).label("what"), Instrument.code.label("code")
        )
        .join(Organisation, Organisation.id == entry.organisation_id)
        .join(Instrument, Instrument.id == entry.instrument_id)
        .where(spans.within(ctx, span, at), entry.superseded_at.is_(None))
    )


def _instruments(codes: str) -> str:
    return ", ".join(named(INSTRUMENTS, code) for code in codes.split())


def _trend(ctx: Context, span: Span) -> Trend:
    believed = Signature.superseded_at.is_(None)
    gone = Withdrawal.superseded_at.is_(None) & Withdrawal.called_off_at.is_(None)
    return by_month(
        ctx, span, "signed", "Signatures and withdrawals by month", "How many there were in each month.",
        (("Signatures", Signature, Signature.signed_at, believed),
         ("Withdrawals", Withdrawal, Withdrawal.effective_at, gone)),
        by_its_own=False,
    )  # fmt: skip


def _decisions(after: Sequence[OrganisationFacts], before: Sequence[OrganisationFacts]) -> list[Decision]:
    """Only those that came to stand so in the span: what was decided once is not asked again each quarter."""
    stood = {each.id: each.state for each in before}
    outside = {
        State.REFUSED: ("refuses to sign", "refuse to sign"), State.WITHDRAWN: ("has withdrawn", "have withdrawn"),
        State.LAPSED: ("did not sign again in time",) * 2,
    }  # fmt: skip
    found = []
    for state, (one, several) in outside.items():
        count = sum(each.state is state and stood.get(each.id) is not state for each in after)
        if count:
            found.append(
                Decision(
                    f"Decide how the MARAC goes on without {count:,} {_organisations(count)} that {one if count == 1 else several}.",
                    "It came to be so in this time, and nobody of theirs holds a licence until they sign.",
                    f"/register?state={state.value}",
                    "SIG-5" if state is State.REFUSED else "SIG-9",
                )
            )
    return found


def _organisations(count: int) -> str:
    return "organisation" if count == 1 else "organisations"
