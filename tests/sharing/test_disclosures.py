"""A disclosure to another body has a manager's authority, and one to a victim or a perpetrator is no choice (SHA-3, OP 10.2)."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.settings import REPOSITORY
from compliance.sharing.disclosures import queries, use_cases
from compliance.sharing.disclosures.errors import NoSuchStep, OwnDisclosure
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.disclosures.queries import Which
from compliance.sharing.disclosures.rules import NEXT, Status, Step, after
from policies.values import BrokenPolicy, Policy, packaged
from tests.builders.exceptions import kept
from tests.builders.identity import every, letters, logged
from tests.builders.sharing import REASON, a_cast, me, wanted

TODAY = date(2026, 11, 21)


@pytest.mark.rule("SHA-3")
@pytest.mark.parametrize(("status", "step"), product(Status, Step))
def test_nothing_is_made_that_was_not_authorised(status: Status, step: Step) -> None:
    allowed = {
        ("asked", "authorise"): "authorised", ("asked", "refuse"): "refused", ("authorised", "refuse"): "refused",
        ("authorised", "make"): "made",
    }  # fmt: skip
    if (status.value, step.value) in allowed:
        assert after(status, step) == allowed[status.value, step.value] == NEXT[status, step]
    else:
        with pytest.raises(NoSuchStep):
            after(status, step)


@pytest.mark.rule("SHA-3", "ROL-3")
def test_whoever_asks_is_not_who_authorises(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    made = wanted(sqlite_house, cast.manager)

    with sqlite_house.work(*cast.manager) as ctx, pytest.raises(OwnDisclosure):
        use_cases.authorise(ctx, made.id, words=REASON)
    with sqlite_house.work(*cast.coordinator) as ctx, pytest.raises(Forbidden):
        use_cases.authorise(ctx, made.id, words=REASON)
    with sqlite_house.work(*cast.supplier) as ctx, pytest.raises(NotFound):
        use_cases.authorise(ctx, made.id, words=REASON)
    with sqlite_house.work(*cast.supervisor) as ctx:
        use_cases.authorise(ctx, made.id, words=REASON)

    assert every(sqlite_house, Disclosure)[0].answered_by == cast.supervisor.actor.id


@pytest.mark.rule("SHA-3")
def test_a_disclosure_is_asked_for_authorised_made_and_registered(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    made = wanted(sqlite_house, cast.asker)
    assert made.answer_by == date(2026, 11, 27)
    assert [each["kind"] for each in letters(sqlite_house, me(cast.manager))] == ["disclosure_waits"]
    with sqlite_house.work(*cast.asker) as ctx, pytest.raises(NoSuchStep):
        use_cases.make(ctx, made.id, made_on=TODAY)

    with sqlite_house.work(*cast.manager) as ctx:
        use_cases.authorise(ctx, made.id, words=REASON)
    with sqlite_house.work(*cast.asker) as ctx:
        use_cases.make(ctx, made.id, made_on=TODAY)

    with sqlite_house.work(*cast.officer) as ctx:
        whole = use_cases.view(ctx, made.id)
        assert (whole.disclosure.status, whole.disclosure.made_on) == ("made", TODAY)
        assert (whole.recipient, whole.words, whole.answer) == ("The Parole Board, panel 7", REASON, REASON)
        assert queries.called(whole.disclosure) == "DI-2026-1"
    said = " ".join(entry.detail for name in ("asked", "made") for entry in logged(sqlite_house, f"disclosure.{name}"))
    assert "parole_board" in said
    assert "panel" not in said


@pytest.mark.rule("SHA-3")
@pytest.mark.parametrize("days", [-1, 1])
def test_it_is_made_from_its_authority_on_and_not_in_times_to_come(sqlite_house: House, days: int) -> None:
    cast = a_cast(sqlite_house)
    made = wanted(sqlite_house, cast.asker)
    with sqlite_house.work(*cast.manager) as ctx:
        use_cases.authorise(ctx, made.id, words=REASON)

    with sqlite_house.work(*cast.asker) as ctx, pytest.raises(Invalid) as refused:
        use_cases.make(ctx, made.id, made_on=TODAY + timedelta(days=days))

    assert [field.pointer for field in refused.value.fields] == ["/made_on"]


@pytest.mark.rule("SHA-3")
def test_an_authority_can_be_taken_back_until_it_is_made(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    made = wanted(sqlite_house, cast.asker)
    with sqlite_house.work(*cast.manager) as ctx:
        use_cases.authorise(ctx, made.id, words=REASON)
    with sqlite_house.work(*cast.supervisor) as ctx:
        use_cases.refuse(ctx, made.id, words=REASON)

    with sqlite_house.work(*cast.asker) as ctx, pytest.raises(NoSuchStep):
        use_cases.make(ctx, made.id, made_on=TODAY)


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"body": "victim"}, "/body"),
    ({"body": "perpetrator"}, "/body"),
    ({"body": ""}, "/body"),
    ({"material": "everything"}, "/material"),
    ({"recipient": " "}, "/recipient"),
    ({"recipient": "x" * 201}, "/recipient"),
    ({"words": "a\x00b"}, "/words"),
    ({"reference": "x" * 256}, "/reference"),
)


@pytest.mark.rule("SHA-3")
@pytest.mark.parametrize(("said", "pointer"), BAD)
def test_what_is_wrong_with_it_is_named(sqlite_house: House, said: dict[str, Any], pointer: str) -> None:
    cast = a_cast(sqlite_house)

    with pytest.raises(Invalid) as refused:
        wanted(sqlite_house, cast.asker, **said)

    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.rule("SHA-3")
@pytest.mark.parametrize("code", ["victim", "perpetrator", "victims_solicitor", "survivor"])
def test_no_policy_offers_a_victim_or_a_perpetrator(tmp_path: Path, code: str) -> None:
    directory = tmp_path / "policies"
    shutil.copytree(REPOSITORY / "policies", directory)
    file = directory / "disclosure_bodies.toml"
    file.write_text(f'{file.read_text()}\n[{code}]\nname = "Somebody"\nclause = "ours"\n')

    with pytest.raises(BrokenPolicy, match=code):
        Policy.load(directory)
    assert not {"victim", "perpetrator"} & set(packaged().disclosure_bodies)


@pytest.mark.rule("SHA-3", "DEC-6", "ROL-4")
def test_the_register_shows_each_what_is_theirs(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    made = wanted(sqlite_house, cast.asker)
    kept(sqlite_house, me(cast.coordinator))

    for who, sees in (
        (cast.asker, 1), (cast.supplier, 0), (cast.coordinator, 0), (cast.manager, 1), (cast.officer, 1),
    ):  # fmt: skip
        with sqlite_house.work(*who) as ctx:
            rows = queries.disclosures(ctx, search="DI-2026-1", body="parole_board").rows
            assert [row.disclosure.id for row in rows] == [made.id] * sees
    with sqlite_house.work(*cast.manager) as ctx:
        assert queries.counted(ctx) == queries.Counted(1, 0)
        for which in Which:
            found = queries.disclosures(ctx, which=which, search="c-1").rows
            assert bool(found) is (which in (Which.WAITING, Which.ALL))
        for sort in queries.SORTS.names:
            assert len(queries.disclosures(ctx, sort=sort).rows) == 1
