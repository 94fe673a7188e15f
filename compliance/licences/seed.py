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
    """Bring the seats of each kind to what `contract.toml` says; safe to repeat."""
    require(ctx, Permission.REGISTER_SEED)
    held = {contract.kind: contract.seats for contract in ctx.session.scalars(select(SeatContract))}
    for kind, seats in ctx.the(Policy).seats.items():
        if held.get(Kind(kind)) != seats:
            use_cases.set_seats(ctx, Kind(kind), seats)
