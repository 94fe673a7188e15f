"""The contract as the hub starts with it (LIC-5)."""

from __future__ import annotations

from sqlalchemy import select

from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import use_cases
from .models import SeatContract
from .rules import Kind


def load_contract(ctx: Context) -> None:
    """Bring the seats of each kind to what `contract.toml` says; safe to repeat.

    A number that a person of the hub has set since is newer than the file, and stays.
    """
    require(ctx, Permission.REGISTER_SEED)
    held = {contract.kind: contract for contract in ctx.session.scalars(select(SeatContract))}
    for kind, seats in ctx.the(Policy).seats.items():
        known = held.get(Kind(kind))
        if known is None or (known.seats != seats and parse_id(known.set_by or "") is None):
            use_cases.set_seats(ctx, Kind(kind), seats)
