"""The house's manners, as far as a machine can see them: each breach is named by file and line, with its mend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.inventory.source import Module, of_tests, product

LONGEST = 350
SPEAKS_TO_A_TERMINAL = ("compliance.cli", "audit.offline", "audit.witness")
LATER = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b", re.IGNORECASE)  # what this line names is what it looks for
BANNER = re.compile(r"^\s*#\s*[-=*#~]{4,}")
SHAPES = {"Body", "Signed", "Paged", "PlainForm", "FirstPassword", "Question"}
"""What the fields of something sent are declared on."""
NAMELESS = {"utils", "helpers", "common", "services", "manager", "misc", "rest"}


def everything() -> Iterator[Module]:
    yield from product()
    yield from of_tests()


def test_no_module_is_longer_than_a_room() -> None:
    long = [f"{module.path} has {module.lines} lines" for module in everything() if module.lines > LONGEST]

    assert long == [], f"over {LONGEST} lines a module is two: find the concept that wants out"


def test_every_room_says_what_it_is() -> None:
    silent = [module.path for module in product() if not ast.get_docstring(module.tree)]

    assert silent == [], "begin the file with a sentence: what this is to the people who use the service"


def test_whatever_others_may_use_says_what_it_means() -> None:
    silent = [f"{module.path}:{node.lineno} {node.name}" for module in product() for node in _public(module.tree)]

    assert silent == [], "give it a docstring: what it means, then shapes, units, errors and the clause"


def test_no_exception_is_swallowed() -> None:
    swallowed = [
        f"{module.path}:{node.lineno}"
        for module in everything()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and all(_does_nothing(each) for each in node.body)
    ]

    assert swallowed == [], "a failure is a refusal, and is heard: answer it, or let it through"


def test_nothing_is_left_for_later_in_a_comment() -> None:
    left = [
        f"{module.path}:{number}" for module in everything() for number, line in _lines(module) if LATER.search(line)
    ]
    left = [where for where in left if not where.startswith("tests/inventory/test_taste.py")]

    assert left == [], "do it, or write an issue"


def test_no_comment_is_a_banner() -> None:
    banners = [
        f"{module.path}:{number}" for module in everything() for number, line in _lines(module) if BANNER.match(line)
    ]

    assert banners == [], "a file that needs signposts is two files"


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    hidden = [
        f"{module.path}:{node.lineno}"
        for module in of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}
    ]

    assert hidden == [], "each hides a part: make it run, or take it out and say so"


def test_nothing_prints_but_commands() -> None:
    printing = [
        f"{module.path}:{node.lineno}"
        for module in product()
        if not module.name.startswith(SPEAKS_TO_A_TERMINAL)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert printing == [], "use the log (structlog), or the audit log if it happened to somebody"


def test_every_module_is_named_for_what_is_in_it() -> None:
    nameless = [module.path for module in product() if set(module.name.split(".")) & NAMELESS]

    assert nameless == [], "if the name cannot be found, the concept has not been"


def test_nothing_below_the_edge_ends_a_transaction() -> None:
    """Views, jobs and commands own the transaction (`House.work`); use cases and queries never commit."""
    edges = ("compliance.kernel", "compliance.cli", "compliance.decisions", "audit")
    ending = [
        f"{module.path}:{node.lineno} {ast.unparse(node.func)}"
        for module in product()
        if not module.name.startswith(edges)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]

    assert ending == [], "leave it to `with work() as ctx`"


def test_no_instant_is_asked_of_the_machine_but_by_the_clock() -> None:
    asking = [
        f"{module.path}:{node.lineno} {ast.unparse(node)}"
        for module in product()
        if module.name != "compliance.kernel.clock" and not module.name.startswith(SPEAKS_TO_A_TERMINAL)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]

    assert asking == [], "ask ctx.now() or house.clock.now()"


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """What of a module others may use and that says nothing; a class's methods are covered by its own words."""
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _speaks_for_itself(node):
            yield node


def _speaks_for_itself(node: ast.AST) -> bool:
    """A refusal says in `detail` what it means, to whoever is refused; a body or form that is sent is its fields."""
    if not isinstance(node, ast.ClassDef):
        return False
    named = {target.id for each in node.body if isinstance(each, ast.Assign) for target in each.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    return "detail" in named or ({ast.unparse(base) for base in node.bases} <= SHAPES and bool(node.bases))


def _does_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _lines(module: Module) -> Iterator[tuple[int, str]]:
    return enumerate(module.text.splitlines(), 1)
