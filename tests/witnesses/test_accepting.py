"""Two people let the service run on a log that a witness contradicts; one does not, nor one twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.sealing import checkpoint, seal_all
from compliance.identity.proposals.errors import OwnProposal
from compliance.kernel.context import House
from compliance.witnesses.models import AcceptedRollback
from compliance.witnesses.rules import Problem
from tests.builders.identity import Acting, every, logged
from tests.witnesses.conftest import WHY, Past, accept, found


@pytest.mark.rule("AUD-3", "ROL-3")
def test_it_takes_two_people_to_go_on_with_a_log_that_was_turned_back(
    turned_back: House, folder: Path, two: tuple[Acting, Acting], past: Past
) -> None:
    house, (first, second) = turned_back, two
    seen = (folder / "checkpoint").read_text()

    assert found(house).problem is Problem.AHEAD
    assert accept(house, first, found(house)) == "proposed"
    assert found(house).problem is Problem.AHEAD, "one person is not enough"
    with pytest.raises(OwnProposal):
        accept(house, first, found(house))
    assert found(house).problem is Problem.AHEAD, "nor the same one twice"

    assert accept(house, second, found(house)) == "approved"
    seal_all(house)
    assert found(house).took
    with house.engine.connect() as connection:
        assert (folder / "checkpoint").read_text() == checkpoint(connection)
    (superseded,) = folder.glob("checkpoint.superseded-*")
    assert superseded.read_text() == seen

    (kept,) = every(house, AcceptedRollback)
    assert (kept.witness, kept.witness_note, kept.reason) == (str(folder), seen, WHY)
    assert (kept.first_by, kept.second_by) == (first.actor.id, second.actor.id)
    (entry,) = logged(house, "rollback.accepted")
    assert (entry.actor_id, entry.subject_id, entry.rules) == (second.actor.id, str(kept.id), "AUD-3 ROL-3")

    past.put_back()
    assert found(house).problem is Problem.AHEAD, "turned back once more, it takes two once more"
