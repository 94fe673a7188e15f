"""What an acceptance holds for, who may give one, and what becomes of a witness that is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from audit.sealing import seal_all
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import approve, propose
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Forbidden
from compliance.web import asked
from compliance.witnesses.errors import AnotherLog, NothingToAccept
from compliance.witnesses.models import AcceptedRollback
from compliance.witnesses.rules import Answer, Problem
from compliance.witnesses.use_cases import ROLLBACK
from tests.builders.identity import Acting, a_person, at_work, every
from tests.support.witness import Witness, a_strange_witness, says
from tests.witnesses.conftest import WHY, Past, accept, found, grow


@pytest.fixture
def house(sqlite_house: House) -> House:
    """The database makes no difference here."""
    return sqlite_house


@pytest.mark.rule("AUD-3", "ROL-3")
def test_what_was_accepted_is_this_one_log_against_this_one_checkpoint(
    turned_back: House, folder: Path, two: tuple[Acting, Acting], past: Past
) -> None:
    house, (first, second) = turned_back, two
    seen = (folder / "checkpoint").read_text()
    answer = found(house)
    accept(house, first, answer)
    accept(house, second, answer)
    seal_all(house)
    assert found(house).took

    (folder / "checkpoint").write_text(seen)
    grow(house, 20)
    assert found(house).took, "the log has grown from what was accepted, and the witness holds what was accepted"

    (folder / "checkpoint").write_text(seen)
    _as_if_it_had_been(house, second_by=str(uuid4()))
    assert found(house).problem is Problem.FORKED, "a row that somebody has changed accepts nothing"


@pytest.mark.rule("AUD-3", "ROL-3", "ROL-4")
def test_only_those_who_may_and_only_where_there_is_something_to_accept(
    turned_back: House, folder: Path, two: tuple[Acting, Acting], clock
) -> None:
    house, first = turned_back, two[0]
    answer = found(house)
    for role in ("hub_coordinator", "executive_chair"):
        with pytest.raises(Forbidden):
            accept(house, at_work(house, a_person(house, role)), answer)
    with pytest.raises(NothingToAccept):
        accept(house, first, Answer(str(folder), size=3))
    with pytest.raises(NothingToAccept):
        accept(house, first, Answer(str(folder), problem=Problem.NO_ANSWER))

    accept(house, first, answer)
    (proposal,) = every(house, Proposal)
    with house.reading(*first) as ctx:
        said = asked.said(ctx, proposal)
    assert said.title == "Go on with a log that was turned back"
    assert {("Witness", str(folder)), ("Entries it has seen", "9"), ("Entries of the log now", "5")} < set(said.facts)

    clock.move(timedelta(days=15))
    fresh = [at_work(house, one) for one in (a_person(house, "hub_supervisor"), a_person(house, "hub_manager"))]
    assert accept(house, fresh[0], answer) == "proposed", "what nobody agreed to in time is proposed anew"
    assert accept(house, fresh[1], answer) == "approved"


@pytest.mark.rule("AUD-3", "ROL-3")
def test_a_witness_that_is_called_is_waited_for_until_its_owner_moves_it_on(
    house: House, witness: Witness, two: tuple[Acting, Acting], past: Past
) -> None:
    house.settings = replace(house.settings, witnesses=(witness.prefix,))
    grow(house)
    past.take()
    grow(house, 4)
    assert found(house).took
    past.put_back()
    for who in two:
        accept(house, who, found(house))

    for _ in range(3):
        assert found(house).problem is Problem.ACCEPTED
        grow(house, 5)
    witness.end()
    (witness.folder / "checkpoint").rename(witness.folder / "superseded")
    witness.start()
    assert found(house).took


@pytest.mark.rule("AUD-3", "ROL-3")
def test_what_a_witness_only_claims_can_be_accepted_too(house: House, two: tuple[Acting, Acting]) -> None:
    grow(house, 3)
    with a_strange_witness(says(409, b"700\n", "text/x.tlog.size")) as prefix:
        house.settings = replace(house.settings, witnesses=(prefix,))
        assert found(house).problem is Problem.CLAIMS_MORE
        for who in two:
            accept(house, who, found(house))
        assert found(house).problem is Problem.ACCEPTED
        assert every(house, AcceptedRollback)[0].witness_note.endswith("\n700\n")


@pytest.mark.rule("AUD-3", "ROL-3")
def test_nobody_agrees_to_what_was_proposed_for_another_log(house: House, two: tuple[Acting, Acting]) -> None:
    grow(house, 3)
    asked_for = {"witness": "/w", "witness_note": "o\n9\n", "witness_size": 9, "own_size": 2, "own_root": "00" * 32}
    with house.work(*two[0]) as ctx:
        proposal = propose(ctx, ROLLBACK, asked_for, thing="rollback:test", reason=WHY)

    with pytest.raises(AnotherLog), house.work(*two[1]) as ctx:
        approve(ctx, proposal.id, digest=proposal.digest)
    assert every(house, AcceptedRollback) == []


def _as_if_it_had_been(house: House, *, second_by: str) -> None:
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(text("UPDATE accepted_rollbacks SET second_by = :second_by"), {"second_by": second_by})
