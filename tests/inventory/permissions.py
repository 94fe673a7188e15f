"""Who may do what, and through which door: docs/permissions.md, from the policy compiled and the routes declared."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from compliance.app import house_of
from compliance.kernel.settings import REPOSITORY
from policies.access import ROLES, Access
from policies.permissions import Permission
from policies.values import Policy
from tests.inventory.answers import MEANS
from tests.inventory.callers import named
from tests.inventory.doors import Route, routes
from tests.inventory.matrix import API, COLUMNS, PAGES, read

DOCUMENT = REPOSITORY / "docs" / "permissions.md"
SIGNS = {"hub": "●", "organisation": "○", "area": "◐"}


def write(app: Flask) -> str:
    """docs/permissions.md."""
    house = house_of(app)
    table, policy = house.the(Access).table, Policy.load(house.settings.policy_dir)
    roles = [role for role in ROLES if table.get(role)]
    own = [role for role in roles if any(reach != "area" for _, reach in table[role])]
    there = [role for role in roles if any(reach == "area" for _, reach in table[role])]
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Written by the test suite (`make docs`) from `policies/`, from what each route declares, and from the two files of",
            "the matrix, `tests/inventory/matrix.csv` and `tests/inventory/pages.csv`, which the suite walks whole; do not edit.",
            "",
            "1. [In this service](#in-this-service): which role has which permission.",
            "2. [In the case system](#in-the-case-system): what a licence or a role lets somebody do there.",
            "3. [What each is answered with](#what-each-is-answered-with): every operation, by everybody who may come.",
            "4. [Doors](#doors): what each page and route asks for.",
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
            "## What each is answered with",
            "",
            "*Own* is a thing of the organisation that the caller works for, *same area* one of another organisation that works",
            "in the same area, *other* one of an organisation elsewhere; *absent* is a thing that does not exist.",
            "",
            *(f"- **{word}**: {meaning}" for word, meaning in MEANS.items()),
            "",
            "Half signed in, with an expired password, and locked are MARAC managers: whatever opened for them would be the most",
            "there is. The roles that ended are a manager's, taken back, and an information governance officer's, past its last",
            "day. The withdrawn organisation's signatory and delegate has signed in anew.",
            "",
            "### Pages",
            "",
            *_matrix(PAGES),
            "",
            "### The API, and what no door leads to",
            "",
            *_matrix(API),
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


def _matrix(path: Path) -> list[str]:
    """A file of the matrix, as a table; an operation is named once, above its lines."""
    columns = COLUMNS[path]
    rows = ["| | |" + "".join(f" {named(caller)} |" for caller in columns), "|---|---|" + "---|" * len(columns)]
    before = None
    for (operation, whose), line in read(path).items():
        name = f"`{operation}`" if operation != before else ""
        rows.append(f"| {name} | {whose} |" + "".join(f" {line[caller]} |" for caller in columns))
        before = operation
    return rows


def _door(route: Route) -> str:
    return f"| {route.method} | `{route.path}` | {route.access} |"
