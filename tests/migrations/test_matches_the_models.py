"""The tables that migrations make are the tables that the service believes in."""

from __future__ import annotations

import ast
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine

from compliance.app import MIGRATIONS
from compliance.kernel.db import Base
from compliance.kernel.settings import REPOSITORY
from tests.migrations.shape import shape
from tests.support.databases import Fresh

MEND = "A model has changed and no migration says so: see the head of migrations/env.py for how one is made."
OURS = {"compliance", "policies", "audit", "retention", "signatories"}


def test_alembic_finds_nothing_left_to_migrate(engine: Engine) -> None:
    upgrade()

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == [], MEND


def test_migrated_tables_are_the_models_tables_to_the_last_condition_of_an_index(
    engine: Engine, database_url: Fresh
) -> None:
    upgrade()
    modelled = create_engine(database_url())
    Base.metadata.create_all(modelled)

    migrated, wanted = shape(engine), shape(modelled)
    modelled.dispose()

    assert sorted(wanted - migrated) == [], MEND
    assert sorted(migrated - wanted) == [], MEND


def test_migrations_stand_in_one_line() -> None:
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()

    assert len(heads) == 1, f"{heads} both come last: let one follow the other, by its down_revision"


def test_a_migration_reads_nothing_of_the_service_so_that_it_means_the_same_for_ever() -> None:
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = _imported(node)
            assert not names & OURS, f"{path.relative_to(REPOSITORY)}:{node.lineno} imports {names}: write it out"  # type: ignore[attr-defined]


def test_every_migration_says_what_it_does_and_can_be_undone() -> None:
    for path in sorted((MIGRATIONS / "versions").glob("*.py")):
        tree = ast.parse(path.read_text())
        undo = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade")
        does = [node for node in undo.body if not isinstance(node, (ast.Pass, ast.Raise))]

        assert ast.get_docstring(tree), f"{_named(path)} says nothing at its head"
        assert len(does) > (ast.get_docstring(undo) is not None), f"{_named(path)}:{undo.lineno} undoes nothing"


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").split(".")[0]}
    return set()


def _named(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))
