"""The seats of the contract: how many are taken, and the one lock that whoever takes or frees one passes (LIC-5)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select

from compliance.kernel.context import Context

from .models import Licence, SeatContract
from .rules import HOLDS_A_SEAT, Kind
from .waiting.models import SeatOffer


def hold(ctx: Context, kinds: Iterable[Kind]) -> dict[Kind, SeatContract]:
    """The contracts of these kinds, held until the end of the transaction; a kind without one is left out.

    Always in one order, so that two who hold both never wait for one another.
    """
    wanted = sorted({Kind(kind).value for kind in kinds})
    found = ctx.session.scalars(
        select(SeatContract)
        .where(SeatContract.kind.in_(wanted))
        .order_by(SeatContract.kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {Kind(contract.kind): contract for contract in found}


def taken(ctx: Context, kind: Kind, *, but_for: UUID | None = None) -> int:
    """Seats of a kind that nobody else can have: held by a licence or a rota, or kept by an open offer (LIC-5, LIC-6).

    A rota is one seat, however many share it. `but_for` is a licence whose own offer is not counted.
    """
    return int(ctx.session.scalar(select(held(kind) + offered(kind, but_for=but_for))) or 0)


def held(kind: Kind) -> ColumnElement[int]:
    """The seats that licences and rotas of a kind hold."""
    alone = func.count(case((Licence.rota_id.is_(None), literal(1))))
    return (
        select(alone + func.count(Licence.rota_id.distinct()))
        .where(Licence.kind == kind, Licence.status.in_(HOLDS_A_SEAT))
        .scalar_subquery()
    )


def offered(kind: Kind, *, but_for: UUID | None = None) -> ColumnElement[int]:
    """The seats of a kind that open offers keep."""
    open_ones = select(func.count()).where(SeatOffer.kind == kind, SeatOffer.settled_at.is_(None))
    if but_for is not None:
        open_ones = open_ones.where(SeatOffer.licence_id != but_for)
    return open_ones.scalar_subquery()
