"""The reckoning itself: what it is to find, it finds; what is no fault, it counts and lets be."""

from __future__ import annotations

from uuid import uuid4

import pytest

from audit.record import receipts, record
from audit.sealing import origin, verifiers
from compliance.kernel.context import Actor, House, Origin
from tests.builders.licences import RowsMade

from .reckoning import Before, Reckoning, reckon
from .witness import Witness
from .writers import Answered, Ledger, Receipt, World


def written(house: House, request_id: str) -> Receipt:
    """An entry that a client's request of this id made."""
    with house.work(Actor("client", "case-system"), Origin(request_id=request_id)) as ctx:
        record(ctx, RowsMade(rows=(ctx.new_id(),)))
    (receipt,) = receipts(ctx)
    return Receipt(receipt.entry, receipt.hash)


def reckoned(house: House, ledger: Ledger, before: Before) -> Reckoning:
    world = World(0, house, "case-system", (), "", uuid4(), ())
    return reckon(house, ledger, Witness(world, verifiers(house), origin(house)), before)


@pytest.mark.rule("AUD-2")
@pytest.mark.parametrize("fault", [None, "lost", "doubled", "invented"])
def test_it_finds_what_was_lost_doubled_or_invented(sqlite_house: House, fault: str | None) -> None:
    ledger, before = Ledger(), Before.look(sqlite_house)
    for request_id in ("answered", "unanswered", "never-taken"):
        ledger.send("change", request_id)
    receipt = written(sqlite_house, "answered")
    written(sqlite_house, "unanswered")
    if fault == "lost":
        receipt = Receipt(receipt.entry + 7, receipt.hash)
    if fault == "doubled":
        written(sqlite_house, "answered")
    if fault == "invented":
        written(sqlite_house, "nobody-sent-this")
    ledger.keep("answered", Answered("change", (receipt,)), begun=0.0)

    found = reckoned(sqlite_house, ledger, before)

    assert found.holds is (fault is None), found
    assert [name for name in ("lost", "doubled", "invented") if getattr(found, name)] == [fault] * (fault is not None)
    assert (found.written_unanswered, found.unwritten_unanswered) == (1, 1)
