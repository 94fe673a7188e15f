"""The contract as the hub starts with it (LIC-5)."""

from __future__ import annotations

from sqlalchemy import select

from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import use_cases
from .models import SeatContract
from .rules import Kind


def load_contract(ctx: Context) -> None:
    """Take in the seats of each kind that `contract.toml` names and nobody has set yet; safe to repeat."""
    require(ctx, Permission.REGISTER_SEED)
    known = set(ctx.session.scalars(select(SeatContract.kind)))
    for kind, seats in ctx.the(Policy).seats.items():
        if kind not in known:
            use_cases.set_seats(ctx, Kind(kind), seats)
