"""Each rule: what it means, the code that keeps it, and the tests that prove it. Read from the trees, not from a run,
so that the answer is the same for one test, for all, and on however many workers."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from compliance.kernel.settings import REPOSITORY
from tests.inventory.source import Module, data, of_tests, product

FILE = Path(__file__).with_name("rules.toml")
DOCUMENT = REPOSITORY / "docs" / "rules.md"
ID = re.compile(r"\b(?:ROL|SIG|LIC|IDN|DEC|AUD|SHA|BRE|COM|RET|GOV)-\d+\b")
RANGE = re.compile(r"\b([A-Z]{3})-(\d+)(?: to | ?[–…] ?|-)\1-(\d+)\b")

PROMISED = frozenset(
    f"{kind}-{number}"
    for kind, numbers in {
        "ROL": range(1, 5),
        "SIG": range(1, 15),
        "LIC": range(1, 14),
        "IDN": range(1, 10),
        "DEC": range(1, 8),
        "AUD": range(1, 8),
        "BRE": range(1, 7),
        "COM": range(1, 10),
        "SHA": range(1, 5),
        "RET": range(1, 13),
        "GOV": (2, 5),
    }.items()
    for number in numbers
)
"""The rules that the service as it stands has to keep."""


@dataclass
class Rule:
    """One rule and where it is kept and proved."""

    id: str
    means: str
    clause: str
    part: str | None = None
    kept: set[str] = field(default_factory=set)
    tests: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def rules() -> dict[str, Rule]:
    """Every rule of rules.toml, with the files that name it and the tests that are marked with it."""
    found = {id_: Rule(id_, **told) for id_, told in tomllib.loads(FILE.read_text()).items()}
    for path, text in [*((module.path, module.text) for module in product()), *data()]:
        for id_ in named_in(text) & found.keys():
            found[id_].kept.add(path)
    for path, test, id_ in marked():
        if id_ in found:
            found[id_].tests[path].append(test)
    return found


def named_in(text: str) -> set[str]:
    """The ids in a text; `SIG-6 to SIG-9` names each between."""
    between = {
        f"{kind}-{number}" for kind, low, high in RANGE.findall(text) for number in range(int(low), int(high) + 1)
    }
    return set(ID.findall(text)) | between


def marked() -> list[tuple[str, str, str]]:
    """Every mark: the file, the test and the rule's id."""
    return [(module.path, test, id_) for module in of_tests() for test, id_ in _marks(module)]


def every_test() -> set[str]:
    """The id of every test, as pytest names it, parameters apart."""
    return {f"{module.path}::{node.name}" for module in of_tests() for node in _tests(module)}


def write(found: dict[str, Rule]) -> str:
    """docs/rules.md."""
    head = [
        "# The rules, where each is kept, and what proves it",
        "",
        "Written by the test suite (`make docs`); do not edit. What a rule means stands in `tests/inventory/rules.toml`, in our",
        "words; its clause is of the protocol (OP). A refusal names its rule, so whoever was refused can find it here.",
        "",
    ]
    return "\n".join([*head, *(line for rule in found.values() for line in _section(rule))])


def _section(rule: Rule) -> list[str]:
    part = f" *In part: {rule.part}.*" if rule.part else ""
    proofs = [
        f"- `{path}`: {'; '.join(_sentence(test) for test in sorted(tests))}"
        for path, tests in sorted(rule.tests.items())
    ]
    kept = ", ".join(f"`{path}`" for path in sorted(rule.kept))
    return [f"## {rule.id}", f"{rule.means} ({rule.clause}){part}", "", f"Kept in {kept}.", "", *proofs, ""]


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def _marks(module: Module) -> list[tuple[str, str]]:
    return [
        (node.name, argument.value)
        for node in _tests(module)
        for call in (each for decorator in node.decorator_list for each in ast.walk(decorator))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "rule"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _tests(module: Module) -> list[ast.FunctionDef]:
    if not module.path.rpartition("/")[2].startswith("test_"):
        return []
    return [
        node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
