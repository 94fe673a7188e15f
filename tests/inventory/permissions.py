"""Who may do what, and through which door: docs/permissions.md, from the policy compiled and the routes declared."""

from __future__ import annotations

from flask import Flask

from compliance.app import house_of
from compliance.kernel.settings import REPOSITORY
from policies.access import ROLES, Access
from policies.permissions import Permission
from policies.values import Policy
from tests.inventory.doors import Route, routes

DOCUMENT = REPOSITORY / "docs" / "permissions.md"
SIGNS = {"hub": "●", "organisation": "○", "area": "◐"}


def write(app: Flask) -> str:
    """docs/permissions.md."""
    house = house_of(app)
    table, policy = house.the(Access).table, house.the(Policy)
    roles = [role for role in ROLES if table.get(role)]
    own = [role for role in roles if any(reach != "area" for _, reach in table[role])]
    there = [role for role in roles if any(reach == "area" for _, reach in table[role])]
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Written by the test suite (`make docs`) from `policies/` and from what each route declares; do not edit.",
            "What each role is answered with, on its own organisation's things, another's and nobody's, stands in",
            "`tests/inventory/matrix.csv`, which the suite walks whole.",
            "",
            "## In this service",
            "",
            f"{SIGNS['hub']} upon everything; {SIGNS['organisation']} upon the role's own organisation's things only (ROL-4).",
            "",
            *_table(own, [str(permission) for permission in Permission], table),
            "",
            "## In the case system",
            "",
            f"{SIGNS['area']} within the areas of the person's licence, if everything else of DEC-1 holds too.",
            "",
            *_table(there, sorted(policy.case_actions), table),
            "",
            "## Doors",
            "",
            "A page or route that declares nothing opens for nobody. The use case behind it looks again, at the record.",
            "",
            "| method | address | who may come |",
            "|---|---|---|",
            *(_door(route) for route in routes(app)),
            "",
        ]
    )


def _table(roles: list[str], permissions: list[str], table: dict[str, frozenset[tuple[str, str]]]) -> list[str]:
    head = ["| |" + "|".join(f" {role.replace('_', ' ')} " for role in roles) + "|", "|---|" + ":-:|" * len(roles)]
    return [*head, *(f"| `{permission}` |" + "|".join(_cell(table[role], permission) for role in roles) + "|"
                     for permission in permissions)]  # fmt: skip


def _cell(granted: frozenset[tuple[str, str]], permission: str) -> str:
    for reach, sign in SIGNS.items():
        if (permission, reach) in granted:
            return f" {sign} "
    return " "


def _door(route: Route) -> str:
    return f"| {route.method} | `{route.path}` | {route.access} |"
