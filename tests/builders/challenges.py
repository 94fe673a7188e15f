"""Challenges of entries of the register, raised and decided by those who do so in service (SIG-3)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from compliance.kernel.context import House
from signatories.challenges import use_cases
from signatories.challenges.corrections import Correction
from signatories.challenges.models import Challenge
from signatories.challenges.rules import Entry, Remedy
from tests.builders.identity import Acting, someone


def challenges(
    house: House, entry_id: UUID, *, kind: Entry | str = Entry.SIGNATURE, by: Acting | None = None
) -> Challenge:
    """A co-ordinator doubts an entry, a signature unless told."""
    with house.work(*(by or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.raise_challenge(ctx, kind, entry_id, grounds="The paper says otherwise.")


def upholds(
    house: House, challenge_id: UUID, *, by: Acting | None = None, remedy: Remedy = Remedy.CORRECT, **said: Any
) -> Challenge:
    """The hub manager agrees, and says what the entry should have said, or strikes it out."""
    with house.work(*(by or someone(house, "hub_manager"))) as ctx:
        return use_cases.uphold(
            ctx, challenge_id, reasons="We looked at the paper.", remedy=remedy, correction=Correction(**said)
        )


def corrected(house: House, entry_id: UUID, *, kind: Entry = Entry.SIGNATURE, **said: Any) -> UUID:
    """An entry is challenged and corrected: the id of the entry in its place."""
    new = upholds(house, challenges(house, entry_id, kind=kind).id, **said).corrected_by_id
    assert new is not None
    return new


def struck_out(house: House, entry_id: UUID, *, kind: Entry = Entry.SIGNATURE) -> None:
    """An entry is challenged and struck out."""
    upholds(house, challenges(house, entry_id, kind=kind).id, remedy=Remedy.STRIKE_OUT)


A_DAY_BEFORE = date(2026, 11, 19)
"""A day on which nothing of what the builders make was signed."""
