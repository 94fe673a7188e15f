"""Imports point down only, and siblings are blind to each other: each that does not is named with its line and its mend.

`lint-imports` looks at the same order; this test says what to do about it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.inventory.source import Module, product

LAYERS: tuple[tuple[str, ...], ...] = (
    ("compliance.kernel",),
    ("compliance.papers",),
    ("audit",),
    ("policies", "compliance.client"),
    ("compliance.notices",),
    ("compliance.identity",),
    ("signatories",),
    ("compliance.licences",),
    ("compliance.decisions",),
    ("compliance.accesses",),
    ("compliance.breaches", "compliance.complaints", "compliance.sharing"),
    ("retention",),
    ("compliance.governance", "compliance.witnesses", "compliance.changes"),
    ("compliance.api", "compliance.web"),
    ("compliance.app",),
    ("compliance.cli", "compliance.scheduler"),
    ("wsgi",),
)
"""The rooms, low to high; those in one line are siblings."""

FRIENDS = frozenset({("compliance.cli", "compliance.scheduler")})
"""A command may run what the scheduler runs."""

HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
MEND = (
    "let the higher room act on the lower one's event (`@when` in its consequences.py), hand the value in as an "
    "argument, or move what both need down"
)


def room_of(name: str) -> str | None:
    """The room a module stands in; None for one that is not ours."""
    return next((room for room in HEIGHT if name == room or name.startswith(f"{room}.")), None)


def imported(module: Module) -> Iterator[tuple[int, str]]:
    """Every module that this one imports, with the line, wherever in the file it does so."""
    package = module.name if module.path.endswith("__init__.py") else module.name.rpartition(".")[0]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            climbed = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*climbed, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def test_every_module_stands_in_a_room() -> None:
    outside = [module.path for module in product() if room_of(module.name) is None and module.name != "compliance"]

    assert outside == [], "name its room in LAYERS here and in pyproject.toml, at its height"


def test_imports_point_down_only_and_siblings_are_blind() -> None:
    wrong = []
    for module in product():
        room = room_of(module.name)
        for line, name in imported(module):
            other = room_of(name)
            if room is None or other is None or other == room or (room, other) in FRIENDS:
                continue
            if HEIGHT[other] >= HEIGHT[room]:
                way = "sideways" if HEIGHT[other] == HEIGHT[room] else "up"
                wrong.append(f"{module.path}:{line} imports {name}, which points {way} from {room} to {other}")

    assert wrong == [], MEND


def test_rules_are_pure_and_models_decide_nothing() -> None:
    """`rules.py` knows no store, no web and no clock; `models.py` knows no use case and no query of its room."""
    forbidden = {
        "rules": ("sqlalchemy", "flask", "compliance.kernel.db", "compliance.kernel.context", "audit"),
        "models": ("flask", "compliance.kernel.context"),
    }
    wrong = [
        f"{module.path}:{line} imports {name}"
        for module in product()
        for line, name in imported(module)
        for bad in forbidden.get(module.name.rpartition(".")[2], ())
        if name == bad or name.startswith(f"{bad}.")
        if (module.name, bad) != ("audit.models", "audit")
    ]

    assert wrong == [], "values in, values out: hand in what a rule needs to know"
