"""The withdrawal register: who left, who is to leave, and how each of these stands (SIG-8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from compliance.identity import queries as identity
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from signatories.lines import standing_withdrawals
from signatories.models import Organisation, Upload, Withdrawal
from signatories.queries import MOST, WithdrawalRow


class Stands(StrEnum):
    """How a withdrawal stands: still to come, in effect, called off before it took effect, or corrected since."""

    ANNOUNCED = "announced"
    IN_EFFECT = "in_effect"
    CALLED_OFF = "called_off"
    CORRECTED = "corrected"


SORTS: dict[str, Callable[[WithdrawalRow], Any]] = {
    "organisation": lambda row: row.organisation.casefold(),
    "effective_at": lambda row: row.withdrawal.effective_at,
    "letter_on": lambda row: row.withdrawal.letter_on,
    "people": lambda row: row.withdrawal.people_removed,
}
"""What it can be sorted by; with a minus before it, the other way round."""

_NEWEST = "-effective_at"


def stands(withdrawal: Withdrawal, at: datetime) -> Stands:
    """How it stands at this instant."""
    if withdrawal.superseded_at is not None and withdrawal.superseded_at <= at:
        return Stands.CORRECTED
    if withdrawal.called_off_at is not None and withdrawal.called_off_at <= at:
        return Stands.CALLED_OFF
    return Stands.IN_EFFECT if withdrawal.effective_at <= at else Stands.ANNOUNCED


def register(
    ctx: Context,
    *,
    search: str | None = None,
    state: Stands | str | None = None,
    sort: str | None = None,
    since: datetime | None = None,
) -> list[WithdrawalRow]:
    """Every withdrawal there ever was, found, filtered and sorted; at most `MOST`, the newest.

    `search` looks in the organisation's name and the reasons; `since` leaves out what took effect before that instant.
    """
    require(ctx, Permission.WITHDRAWAL_READ)
    by = sort or _NEWEST
    if by.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")
    asked: list[ColumnElement[bool]] = [_standing_so(ctx.now(), _state(state))] if state else []
    if search and search.strip():
        needle = search.strip()
        looked_in = Organisation.name, Withdrawal.reasons
        asked.append(or_(*(column.icontains(needle, autoescape=True) for column in looked_in)))
    if since is not None:
        asked.append(Withdrawal.effective_at > since)

    found = ctx.session.execute(
        select(Withdrawal, Organisation.name, Upload.file_name, Upload.sha256)
        .join(Organisation, Organisation.id == Withdrawal.organisation_id)
        .join(Upload, Upload.id == Withdrawal.letter_id)
        .where(*asked)
        .order_by(Withdrawal.effective_at.desc(), Withdrawal.id)
        .limit(MOST)
    ).all()
    # Whoever asks for the latest only wants to know who has left, not who wrote it down.
    recorders = identity.names_of(ctx, {row.Withdrawal.recorded_by for row in found}) if since is None else {}
    rows = [
        WithdrawalRow(
            row.Withdrawal,
            row.name,
            row.file_name,
            row.sha256,
            recorders.get(row.Withdrawal.recorded_by, row.Withdrawal.recorded_by),
        )
        for row in found
    ]
    rows.sort(key=SORTS[by.removeprefix("-")], reverse=by.startswith("-"))
    return rows


def latest(ctx: Context, organisation_id: UUID) -> Withdrawal | None:
    """The withdrawal of this organisation that takes, or took, effect last and was not called off, if any."""
    wanted = select(Withdrawal).where(Withdrawal.organisation_id == organisation_id, *standing_withdrawals(None))
    return ctx.session.scalars(wanted.order_by(Withdrawal.effective_at.desc(), Withdrawal.id).limit(1)).first()


def _standing_so(at: datetime, state: Stands) -> ColumnElement[bool]:
    one = Withdrawal
    corrected, called_off = one.superseded_at.is_not(None), one.called_off_at.is_not(None)
    stays = and_(~corrected, ~called_off)
    return {
        Stands.CORRECTED: corrected,
        Stands.CALLED_OFF: and_(~corrected, called_off),
        Stands.IN_EFFECT: and_(stays, one.effective_at <= at),
        Stands.ANNOUNCED: and_(stays, one.effective_at > at),
    }[state]


def _state(given: Stands | str) -> Stands:
    try:
        return Stands(given)
    except ValueError:
        raise Invalid.at("/state", f"Choose one of these: {', '.join(Stands)}.") from None
