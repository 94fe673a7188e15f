"""The decision itself, one way of failing at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from compliance.decisions import reasons as why
from compliance.decisions.book import FOREVER, Action, Book, Opened, Right, Standing, Verdict
from compliance.decisions.rules import Stale, decide
from compliance.kernel.settings import REPOSITORY
from policies.values import Policy

NOW = 1_800_000_000.0
ALL = frozenset({"case.view", "research.write", "case_system.use"})


def a_right(**given: Any) -> Right:
    held: dict[str, Any] = {
        "licence_id": "L1", "organisation_id": "O1", "organisation_code": "swale", "failing": (),
        "areas": frozenset({"mid-kent"}), "actions": ALL, "cases": None,
    }  # fmt: skip
    return Right(**held | given)


POLICY = Policy.load(REPOSITORY / "policies")


def a_book(
    *rights: Right,
    until: float = FOREVER,
    invited: dict[str, float] | None = None,
    opened: dict[str, Opened] | None = None,
    kept: dict[str, str] | None = None,
    **more: Any,
) -> Book:
    actions = {
        "case.view": Action(frozenset({"case"}), own_part=False, needs_area=True),
        "research.write": Action(frozenset({"research", "case"}), own_part=True, needs_area=True),
        "case_system.use": Action(frozenset({"case_system"}), own_part=False, needs_area=False),
        "case.close": Action(frozenset({"case"}), own_part=False, needs_area=True),
    }
    book = Book(7, actions, POLICY, **more)
    book.enter(
        Standing(
            "P1",
            "O1",
            until,
            rights or (a_right(),),
            invited or {},
            ("P1", "ann@swale.example"),
            opened or {},
            kept or {},
        )
    )
    return book


def asked(book: Book, **given: Any) -> Verdict:
    question: dict[str, Any] = {
        "subject": "P1", "action": "case.view", "resource_type": "case", "reference": "C-1",
        "area": "mid-kent", "owner": None, "closed": False,
    }  # fmt: skip
    return decide(book, NOW, **question | given)


@pytest.mark.rule("DEC-1")
@pytest.mark.parametrize("name", ["P1", "ann@swale.example"])
def test_a_holder_with_nothing_against_them_may_view_a_case_of_their_area(name: str) -> None:
    verdict = asked(a_book(), subject=name)

    assert verdict.permit
    assert verdict.right is not None
    assert verdict.right.licence_id == "L1"


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"subject": "P2"}, "subject-unknown"),
        ({"subject": ""}, "subject-unknown"),
        ({"action": "case.burn"}, "action-unknown"),
        ({"resource_type": "kitchen"}, "resource-unknown"),
        ({"resource_type": "research"}, "resource-unknown"),
        ({"area": None}, "area-unnamed"),
        ({"area": "surrey"}, "area-unnamed"),
    ],
)
def test_what_is_not_known_is_refused(given_: dict[str, Any], code: str) -> None:
    verdict = asked(a_book(), **given_)

    assert not verdict.permit
    assert [reason.code for reason in verdict.failing] == [code]
    assert verdict.failing[0].rule == "DEC-3"


@pytest.mark.rule("ROL-2", "DEC-1")
def test_another_area_is_refused() -> None:
    assert asked(a_book(), area="medway").failing == (why.OTHER_AREA,)


@pytest.mark.rule("ROL-2", "DEC-1")
@pytest.mark.parametrize("owner", ["O2", "medway", "", None])
def test_only_ones_own_part_is_written(owner: str | None) -> None:
    assert asked(a_book(), action="research.write", owner=owner).failing == (why.OTHER_OWNER,)
    assert asked(a_book(), action="research.write", owner="swale").permit
    assert asked(a_book(), action="research.write", owner="O1").permit


@pytest.mark.rule("DEC-1")
def test_what_no_role_permits_is_refused() -> None:
    assert asked(a_book(), action="case.close").failing == (why.ROLE_LACKS,)


@pytest.mark.rule("DEC-1", "DEC-2")
def test_every_failing_reason_is_given_the_first_first() -> None:
    right = a_right(failing=(why.LOCKED, why.LICENCE_SUSPENDED))

    verdict = asked(a_book(right), area="medway")

    assert verdict.failing == (why.LOCKED, why.LICENCE_SUSPENDED, why.OTHER_AREA)


@pytest.mark.rule("LIC-7", "DEC-1")
def test_a_by_invite_licence_opens_its_cases_and_nothing_else() -> None:
    book = a_book(a_right(cases=frozenset({"C-1"})))

    assert asked(book, reference="C-1").permit
    assert asked(book, reference="C-2").failing == (why.NOT_INVITED,)
    assert asked(book, action="case_system.use", resource_type="case_system", reference="cms", area=None).permit


@pytest.mark.rule("DEC-1")
def test_a_closed_marac_is_for_those_invited_until_their_invitation_ends() -> None:
    stranger, invited = a_book(), a_book(invited={"C-1": NOW + 60})

    assert asked(stranger, closed=True).failing == (why.CLOSED_MARAC,)
    assert asked(invited, closed=True).permit
    assert asked(a_book(invited={"C-1": NOW}), closed=True).failing == (why.CLOSED_MARAC,)


@pytest.mark.rule("DEC-1")
def test_a_case_we_know_to_be_closed_is_closed_whatever_the_caller_says() -> None:
    assert asked(a_book(closed={"C-1"}), closed=False).failing == (why.CLOSED_MARAC,)


@pytest.mark.rule("DEC-1")
def test_nothing_is_said_of_a_person_whose_state_time_may_have_changed() -> None:
    with pytest.raises(Stale):
        asked(a_book(until=NOW))


@pytest.mark.rule("DEC-1")
def test_the_licence_that_permits_is_the_one_that_counts() -> None:
    ended = a_right(failing=(why.LICENCE_SUSPENDED,), licence_id="L2")

    assert asked(a_book(ended, a_right())).permit


@pytest.mark.rule("DEC-2")
def test_what_a_person_is_told_never_says_whether_a_case_exists() -> None:
    about_the_case = (why.NOT_INVITED, why.CLOSED_MARAC, why.OTHER_AREA, why.OTHER_OWNER, why.ROLE_LACKS,
                      why.UNKNOWN_RESOURCE)  # fmt: skip

    assert {reason.user for reason in about_the_case} == {why.UNKNOWN_SUBJECT.user}


_FAILING = some.lists(some.sampled_from([why.LOCKED, why.LICENCE_SUSPENDED, why.SIGNATORY["SIG-6"]]), max_size=2)


@pytest.mark.rule("DEC-1", "DEC-3")
@given(
    failing=_FAILING,
    area=some.sampled_from([None, "mid-kent", "medway", "surrey"]),
    action=some.sampled_from(["case.view", "research.write", "case.close", "case.burn"]),
    owner=some.sampled_from([None, "O1", "swale", "O2"]),
    closed=some.booleans(),
    cases=some.sampled_from([None, frozenset({"C-1"}), frozenset({"C-2"})]),
    invited=some.booleans(),
)
def test_a_permit_means_that_every_condition_holds(
    failing: list[why.Reason], area: str | None, action: str, owner: str | None, closed: bool,
    cases: frozenset[str] | None, invited: bool,
) -> None:  # fmt: skip
    right = replace(a_right(), failing=tuple(failing), cases=cases)
    verdict = asked(
        a_book(right, invited={"C-1": FOREVER} if invited else {}), area=area, action=action, owner=owner, closed=closed
    )

    permitted = (
        not failing
        and area == "mid-kent"
        and (action == "case.view" or (action == "research.write" and owner in ("O1", "swale")))
        and (not closed or invited)
        and (cases is None or "C-1" in cases or invited)
    )
    assert verdict.permit is permitted
    assert bool(verdict.failing) is not permitted


_STANDING = {
    "failing": some.sampled_from([[], [], [], [why.LOCKED], [why.NO_MFA], [why.SIGNATORY["SIG-6"]]]),
    "cases": some.sampled_from([None, frozenset({"C-1"}), frozenset({"C-2"})]),
    "areas": some.sampled_from([frozenset[str](), frozenset({"mid-kent"}), frozenset({"medway"})]),
    "licensed": some.sampled_from([True, True, True, False]),
    "invited": some.booleans(),
    "known_closed": some.booleans(),
}
_QUESTION = {
    "area": some.sampled_from([None, "mid-kent", "medway", "surrey"]),
    "action": some.sampled_from(["case.view", "research.write", "case.close"]),
    "owner": some.sampled_from([None, "O1", "swale", "O2"]),
    "closed": some.booleans(),
}


def _anybody(
    failing: list[why.Reason], cases: frozenset[str] | None, areas: frozenset[str], licensed: bool, invited: bool,
    known_closed: bool, **beside: Any,
) -> Book:  # fmt: skip
    """Somebody of whom anything may hold, with a second licence that fails, so that the better one is looked for."""
    against = tuple(failing) if licensed else (*failing, why.NO_LICENCE)
    right = replace(a_right(), failing=against, cases=cases, areas=areas, licence_id="L1" if licensed else "")
    worse = a_right(failing=(why.LICENCE_ENDED, why.LOCKED), licence_id="L2")
    closed = {"C-1"} if known_closed else set[str]()
    return a_book(right, worse, invited={"C-1": FOREVER} if invited else {}, closed=closed, **beside)


@pytest.mark.rule("DEC-6", "DEC-2")
@given(standing=some.fixed_dictionaries(_STANDING), question=some.fixed_dictionaries(_QUESTION),
       reference=some.sampled_from(["C-1", "c-1", " C-1"]), by_name=some.booleans(), opened=some.booleans())  # fmt: skip
def test_a_conflict_is_answered_as_a_case_that_there_is_not(
    standing: dict[str, Any], question: dict[str, Any], reference: str, by_name: bool, opened: bool
) -> None:
    glass = {"C-1": Opened("G1", "mid-kent", FOREVER)} if opened else {}
    book = _anybody(**standing, kept={"c-1": "K1"}, opened=glass)
    named = {"reference": "other", "named": reference} if by_name else {"reference": reference, "named": "D-1"}

    verdict = asked(book, **question, **named)

    of_none = asked(_anybody(**standing), action=question["action"], reference="never-used", area=None)
    assert not verdict.permit
    assert verdict.failing == of_none.failing
    assert "DEC-6" not in {reason.rule for reason in verdict.failing}
    assert verdict.conflict == "K1"
    assert asked(book, **question, reference="C-2").conflict is None


@pytest.mark.rule("DEC-5", "SIG-6", "ROL-2")
@settings(max_examples=600)
@given(standing=some.fixed_dictionaries(_STANDING), question=some.fixed_dictionaries(_QUESTION),
       glass=some.sampled_from(["fits", "fits", "fits", "other area", "over", "other case"]))  # fmt: skip
def test_break_glass_stands_in_for_area_and_invitation_alone(
    standing: dict[str, Any], question: dict[str, Any], glass: str
) -> None:
    reference = "C-2" if glass == "other case" else "C-1"
    area = "north-kent" if glass == "other area" else str(question["area"])
    until = NOW if glass == "over" else FOREVER
    without = asked(_anybody(**standing), **question)

    verdict = asked(_anybody(**standing, opened={reference: Opened("G1", area, until)}), **question)

    fits = glass == "fits" and question["area"] is not None
    stood_in_for = {why.OTHER_AREA, why.NOT_INVITED, why.CLOSED_MARAC}
    stands_in = fits and not without.permit and stood_in_for.issuperset(without.failing)
    assert verdict.permit is (without.permit or stands_in)
    assert (verdict.opened is not None) is stands_in
    if verdict.permit and verdict.right is not None:
        assert verdict.right.licence_id == "L1"
        assert not standing["failing"]
    else:
        assert verdict.failing == without.failing
