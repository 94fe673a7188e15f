"""What a password must be, and how it is kept."""

from __future__ import annotations

import time

import pytest

from compliance.identity import passwords
from compliance.kernel.settings import REPOSITORY
from policies.values import Policy

POLICY = Policy.load(REPOSITORY / "policies")
GOOD = "Grey-Heron-41-flies"
PHC = passwords.hash_password(GOOD)


def codes(
    chosen: str,
    *,
    full_name: str = "Wren Alder",
    email: str = "w.alder@kent.example.org",
    employer: str | None = None,
    earlier=(),
) -> set[str]:
    owner = passwords.Owner(full_name, email, employer)
    found = passwords.objections(
        chosen, policy=POLICY.password, owner=owner, earlier_hashes=earlier, context_words=POLICY.context_words
    )
    assert all(objection.says for objection in found)
    return {objection.code for objection in found}


@pytest.mark.rule("IDN-1")
def test_a_good_password_has_nothing_against_it() -> None:
    assert codes(GOOD) == set()


@pytest.mark.rule("IDN-1")
@pytest.mark.parametrize(
    ("chosen", "fails"),
    [
        ("Grey-Hero-4", {"too-short"}),
        ("Grey-Heron-4", set()),
        ("grey-heron-41-flies", {"no-upper-case"}),
        ("GREY-HERON-41-FLIES", {"no-lower-case"}),
        ("Grey-Heron-xx-flies", {"no-number"}),
        ("GreyHeron41fliesUp", {"no-special-character"}),
        ("Grey Heron 41 flies", set()),
        ("Grey€Heron41flies", set()),
        ("Grey🪶Heron41flies", set()),
        ("ГреяЦапля-41-летит", set()),
        ("Grey-Heron-41\x00flies", {"unusable"}),
        ("Grey-Heron-41\ud800flies", {"unusable"}),
        ("", {"too-short", "no-upper-case", "no-lower-case", "no-number", "no-special-character"}),
        ("password", {"too-short", "no-upper-case", "no-number", "no-special-character", "common"}),
    ],
)
def test_each_refusal_names_every_criterion_that_fails(chosen: str, fails: set[str]) -> None:
    assert codes(chosen) == fails


@pytest.mark.rule("IDN-1")
def test_a_password_of_128_characters_is_accepted_and_one_beyond_the_most_is_not() -> None:
    assert codes("Grey-Heron-41" + "é" * 115) == set()
    assert codes("Grey-Heron-41" + "x" * (POLICY.password.max_length - 13)) == set()
    assert codes("Grey-Heron-41" + "x" * (POLICY.password.max_length - 12)) == {"too-long"}


@pytest.mark.rule("IDN-1")
@pytest.mark.parametrize(
    ("chosen", "full_name", "email"),
    [
        ("My-Alder-tree-41", "Wren Alder", "w.a@kent.example.org"),
        ("My-ALDER-tree-41x", "Wren Alder", "w.a@kent.example.org"),
        ("My-josé-tree-41X", "Jose Oak", "j.o@kent.example.org"),
        ("My-jose-tree-41X", "José Oak", "j.o@kent.example.org"),
        ("Wait-JoLi-tree-41", "Jo Li", "x.y@kent.example.org"),
        ("Wait-w.alder9-41", "Wren Oak", "w.alder9@kent.example.org"),
        ("Wait-ｗｒｅｎ-tree-41", "Wren Oak", "x.y@kent.example.org"),
    ],
)
def test_a_password_with_its_owners_name_or_address_in_it_is_refused(chosen: str, full_name: str, email: str) -> None:
    assert codes(chosen, full_name=full_name, email=email) == {"personal"}


@pytest.mark.rule("IDN-1")
@pytest.mark.parametrize(
    "chosen",
    [
        "Password1234!", "PASSWORD-2026-", "P@ssw0rd1234!", "Liverpool1892!!", "Qwertyuiop123!?", "!!2026-Sunshine",
        "Pa55w0rd!!2026", "$unsh1n3-2026", "Pass-Word-2026", "Dragon!Dragon!1", "Ｐａｓｓｗｏｒｄ-2026",
    ],
)  # fmt: skip
def test_a_common_password_dressed_up_is_still_common(chosen: str) -> None:
    assert "common" in codes(chosen)


@pytest.mark.rule("IDN-1")
@pytest.mark.parametrize(
    ("chosen", "employer"),
    [
        ("Marac-grey-41-flies", None),
        ("Flies-over-MEDWAY-41", None),
        ("Flies-over-K3nt-41", None),
        ("p0l1ce-Grey-flies", None),
        ("Grey-hub-41-flies", None),
        ("Grey-harbour-41-flies", "Harbour Refuge Trust"),
        ("Grey-ｍｏａｔ-41-flies", "Moat"),
        ("Grey-éclair-41-flies", "Eclair"),
    ],
)
def test_words_of_this_hub_and_of_ones_organisation_are_refused(chosen: str, employer: str | None) -> None:
    assert codes(chosen, employer=employer) == {"context"}


@pytest.mark.rule("IDN-1")
def test_a_short_word_of_the_list_counts_only_where_it_stands_alone() -> None:
    assert codes("Grey-rhubarb-41-flies") == set()
    assert codes(GOOD, employer="The Grey Sea Fund") == set()


@pytest.mark.rule("IDN-1", "IDN-5")
@pytest.mark.parametrize("length", [4097, 1_000_000])
def test_what_is_far_too_long_is_refused_by_name_and_never_hashed(length: int) -> None:
    began = time.thread_time()

    assert "too-long" in codes("Grey-Heron-41" + "x" * (length - 13), earlier=["no hash at all"])
    assert not passwords.matches("no hash at all", "x" * length)
    passwords.spend_the_same_time("x" * length)

    assert time.thread_time() - began < 0.5


@pytest.mark.rule("IDN-5")
def test_a_hash_under_other_parameters_is_outdated() -> None:
    assert not passwords.is_outdated(PHC)
    assert passwords.is_outdated(PHC.replace("m=19456", "m=9216"))
    assert passwords.is_outdated(PHC.replace("t=2", "t=1"))


@pytest.mark.rule("IDN-1")
def test_an_earlier_password_is_refused_however_it_is_typed() -> None:
    assert codes(GOOD, earlier=[PHC]) == {"used-before"}
    assert codes("Ｇrey-Heron-41-flies", earlier=[PHC]) == {"used-before"}


@pytest.mark.rule("IDN-5")
def test_a_password_is_kept_as_argon2id_in_owasps_profile_with_a_salt_of_its_own() -> None:
    again = passwords.hash_password(GOOD)

    assert PHC.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert again != PHC
    assert passwords.matches(again, GOOD)
    assert not passwords.matches(again, GOOD + "x")


@pytest.mark.rule("IDN-4")
@pytest.mark.parametrize("typed", ["", "\x00", "\ud800", "x" * 1_000_000])
def test_whatever_is_typed_is_only_a_wrong_password(typed: str) -> None:
    assert not passwords.matches(PHC, typed)
