"""Permissions, policy lines, roles and the case system's actions know one another, each and all."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import casbin
import pytest

from compliance.identity import rules as identity
from compliance.kernel.settings import REPOSITORY
from policies.access import HUB_ROLES, REACHES, ROLES, Access
from policies.permissions import Permission
from policies.values import BrokenPolicy, Policy
from tests.inventory.source import product

POLICIES = REPOSITORY / "policies"
MACHINES = {"case_system", "operator", "job"}
FROM_A_LICENCE = {"licence_holder"}


def lines(kind: str) -> list[tuple[int, list[str]]]:
    """The policy's lines of one kind, each with its number in the file."""
    with (POLICIES / "access_policy.csv").open(newline="") as file:
        read = [(number, [cell.strip() for cell in row]) for number, row in enumerate(csv.reader(file), 1) if row]
    return [(number, row[1:]) for number, row in read if row[0] == kind]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load(POLICIES)


@pytest.fixture(scope="module")
def access(policy: Policy) -> Access:
    return Access.load(POLICIES, policy)


@pytest.mark.rule("DEC-3")
def test_every_permission_has_a_policy_line() -> None:
    granted = {permission for _, (_, permission, _) in lines("p")}

    without = [f"Permission.{each.name}" for each in Permission if each not in granted]
    assert without == [], "nobody can ever do it: add a line to policies/access_policy.csv, or take the name away"


@pytest.mark.rule("DEC-1", "DEC-3")
def test_every_action_of_the_case_system_is_some_roles(policy: Policy) -> None:
    granted = {permission for _, (_, permission, reach) in lines("p") if reach == "area"}

    without = sorted(set(policy.case_actions) - granted)
    assert without == [], (
        "no role may do it: add a line to policies/access_policy.csv, or take it from case_actions.toml"
    )


@pytest.mark.rule("DEC-3")
def test_every_policy_line_names_what_there_is(policy: Policy) -> None:
    known = {*Permission, *policy.case_actions}

    for number, (role, permission, reach) in lines("p"):
        where = f"policies/access_policy.csv:{number}"
        assert role in ROLES, f"{where}: there is no role {role}"
        assert permission in known, f"{where}: there is no permission {permission}"
        assert reach in REACHES, f"{where}: {reach} is no reach"
        assert (reach == "area") == (permission in policy.case_actions), (
            f"{where}: areas are for the case system's actions"
        )


def test_no_policy_line_stands_twice() -> None:
    said = [tuple(line) for _, line in lines("p")]

    assert sorted(said) == sorted(set(said))


@pytest.mark.rule("ROL-1")
def test_only_hub_roles_take_over_what_others_may_and_only_from_hub_roles() -> None:
    for number, (role, from_role) in lines("g"):
        assert {role, from_role} <= HUB_ROLES, f"policies/access_policy.csv:{number}: {role} would become {from_role}"


@pytest.mark.rule("ROL-4")
@pytest.mark.parametrize("role", ["authorised_signatory", "delegate", "escalation_contact"])
def test_a_partners_role_reaches_the_whole_hub_to_read_the_register_and_raise_concerns(
    access: Access, role: str
) -> None:
    whole = {permission for permission, reach in access.table[role] if reach == "hub"}

    assert whole == {Permission.REGISTER_READ, Permission.CONCERN_RAISE, Permission.INCIDENT_REPORT}


@pytest.mark.rule("AUD-1", "SIG-3")
def test_an_information_governance_officer_changes_nothing_but_doubts_finds_reviews_and_keeps_time(
    access: Access,
) -> None:
    granted = {permission for permission, _ in access.table["ig_officer"]}

    assert {permission for permission in granted if not permission.endswith(".read")} == {
        Permission.CHALLENGE_RAISE, Permission.CONCERN_RAISE, Permission.FLAG_REVIEW, Permission.BREAK_GLASS_REVIEW,
        Permission.ACCESS_AUDIT_FIND, Permission.ACCESS_AUDIT_SIGN, Permission.AUDIT_EXPORT, Permission.ROLLBACK_ACCEPT,
        Permission.INCIDENT_REPORT, Permission.DATA_BREACH_ASSESS, Permission.DATA_COMPLAINT_HANDLE,
        Permission.RETENTION_REVIEW, Permission.RETENTION_ASK_REVIEW, Permission.HOLD_PLACE, Permission.HOLD_LIFT,
        Permission.DISPOSAL_PROPOSE, Permission.DISPOSAL_APPROVE,
    }  # fmt: skip


def test_every_role_that_can_be_given_is_a_role_of_the_policy() -> None:
    assert set(identity.ROLES) == set(ROLES) - MACHINES - FROM_A_LICENCE


def test_every_permission_is_asked_for_where_something_is_decided() -> None:
    asked = "\n".join(module.text for module in product() if module.name != "policies.permissions")

    unasked = [f"Permission.{each.name}" for each in Permission if f"Permission.{each.name}" not in asked]
    assert unasked == [], "nothing asks for it: ask, or take the name away"


@pytest.mark.rule("DEC-3")
def test_the_table_is_what_casbin_says_when_it_looks_at_every_line(access: Access) -> None:
    enforcer = casbin.Enforcer(str(POLICIES / "access_model.conf"), str(POLICIES / "access_policy.csv"))
    questions = {(permission, reach) for _, (_, permission, reach) in lines("p")}
    some = sorted(questions)[::7]

    for role in ROLES:
        said = {question for question in some if enforcer.enforce(role, *question)}
        assert said == access.table[role] & set(some), role


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize(
    "matcher",
    [
        "g(r.role, p.role)",
        "g(r.role, p.role) && r.permission == p.permission",
        "g(r.role, p.role) || r.permission == p.permission && r.reach == p.reach",
    ],
)
def test_a_model_that_would_let_a_line_speak_for_another_permission_is_refused(
    policy: Policy, tmp_path: Path, matcher: str
) -> None:
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    model = (tmp_path / "access_model.conf").read_text()
    (tmp_path / "access_model.conf").write_text(f"{model.rpartition('m = ')[0]}m = {matcher}\n")

    with pytest.raises(BrokenPolicy, match="same permission and the same reach"):
        Access.load(tmp_path, policy)
