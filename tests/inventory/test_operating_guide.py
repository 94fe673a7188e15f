"""The operator's guide names what there is: every table's class, every key, every setting, every way out of the house."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.kernel import settings
from compliance.kernel.db import Base
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.inventory.source import product

GUIDE = (REPOSITORY / "docs" / "operating.md").read_text()
CLASSES = {"secret", "personal", "evidence", "register"}
WAYS_OUT = {
    ("smtplib", "compliance.notices.ways.smtp"),
    ("socket", "compliance.notices.ways.smtp"),
    ("ssl", "compliance.notices.ways.smtp"),
    ("notifications_python_client", "compliance.notices.ways.notify"),
    ("http", "compliance.witnesses.calls"),
    ("socket", "compliance.witnesses.calls"),
    ("ssl", "compliance.witnesses.calls"),
    ("http", "compliance.kernel.outward"),
    ("socket", "compliance.kernel.outward"),
    ("ssl", "compliance.kernel.outward"),
}
CAN_CALL = {
    "aiohttp",
    "httpx",
    "http",
    "requests",
    "smtplib",
    "socket",
    "ssl",
    "urllib3",
    "notifications_python_client",
}
ON_THIS_MACHINE = {
    "compliance.client.line": "for those who build on us: their program calls us by it, and ours never",
    "compliance.client.service": "the same",
    "compliance.client.kit.pretending": "answers in our place on the machine of whoever tries their own program",
    "compliance.cli.demo_case_system": "looks for a free port for the demonstration's case system",
    "compliance.cli.demo": "looks whether its own service answers, and for a free port",
    "audit.witness": "a program of its own, which is called and calls nobody",
}


def section(title: str) -> str:
    """One chapter of the guide."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, f"the guide has lost its chapter {title}"
    return found[1]


def test_every_table_has_a_class() -> None:
    classed = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|$", section("What is sensitive"), re.MULTILINE))

    assert set(classed) == set(Base.metadata.tables), (
        "docs/operating.md: a table without a class, or a class without one"
    )
    assert set(classed.values()) == CLASSES


def test_every_key_is_named_with_its_algorithm_and_when_it_turns(tmp_path: Path) -> None:
    create_key_file(tmp_path / "keys.json")
    held = set(json.loads((tmp_path / "keys.json").read_text())) - {"newest"}

    named = set(re.findall(r"^\| `(\w+)` \|(?: [^|]+\|){3}$", section("Keys and algorithms"), re.MULTILINE))
    assert named == held


def test_every_setting_that_leads_somewhere_is_named() -> None:
    read = set(re.findall(r'"((?:COMPLIANCE_|DATABASE_|SMTP_)[A-Z_]+)"', inspect.getsource(settings)))

    assert {name for name in read - {"COMPLIANCE_DEMO"} if f"`{name}`" not in GUIDE} == set()


def test_nothing_goes_out_by_a_way_that_the_guide_does_not_name() -> None:
    ways = {
        (name, module.name)
        for module in product()
        for node in ast.walk(module.tree)
        for name in _imported(node)
        if name in CAN_CALL and module.name not in ON_THIS_MACHINE
    }

    assert ways == WAYS_OUT, "name it in docs/operating.md, then here"


def test_the_greatest_burdens_are_named_with_their_bounds() -> None:
    bounded = re.findall(r"^\| (?!what|-)([^|]+) \| ([^|]+) \|$", section("What is costly"), re.MULTILINE)

    assert len(bounded) >= 6
    assert all(how.strip() for _, how in bounded)


def test_the_guide_says_how_often_one_may_be_signed_in() -> None:
    assert "as often as they like" in section("Signing in")


def test_what_only_some_may_see_is_named() -> None:
    only = dict(re.findall(r"^\| (?!field|-)([^|]+?) \| ([^|]+?) \|$", section("What only some may see"), re.MULTILINE))

    assert len(only) >= 5
    assert "how somebody's identity was verified" in only


def test_the_guide_says_how_soon_a_weak_part_is_replaced() -> None:
    assert re.findall(r"within (\d+) days", section("Parts, and replacing them")) == ["2", "14"]


def test_every_part_is_locked_with_its_hash() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        parts = re.split(r"^(?=[a-z0-9])", (REPOSITORY / name).read_text(), flags=re.MULTILINE)[1:]

        assert parts
        assert [part.split("==")[0] for part in parts if "==" not in part or "--hash=sha256:" not in part] == []


def test_the_guide_names_both_logs() -> None:
    named = re.findall(r"^\| (the \w+ log) \|(?: [^|]+\|){4}$", section("Logs"), re.MULTILINE)

    assert named == ["the audit log", "the process log"]


def test_nothing_starts_a_debugger_whatever_the_environment_says(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")

    app = furnished(sqlite_settings)

    assert app.debug is False
    house_of(app).engine.dispose()


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {(node.module or "").partition(".")[0]}
    return set()
