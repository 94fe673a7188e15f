"""What each operation takes, read off its view: the models it hands to `parse`, whether it is done once, and by revision.

It is read from the tree and not declared beside it, because what is said twice is wrong in one place sooner or later:
a view that parses another model documents another model.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel

Schema = dict[str, Any]


@dataclass
class Takes:
    """The shape of a request: its body, the fields and files of its form, its parameters, and which headers mean something."""

    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    files: list[str] = field(default_factory=list)
    query: type[BaseModel] | None = None
    nothing: bool = False
    once: bool = False
    matched: bool = False
    tagged: bool = False


def takes(view: Callable[..., Any]) -> Takes:
    """What this view takes, itself and through the functions of its own module that it calls."""
    module = sys.modules[view.__module__]
    found = Takes()
    for call in _calls(module, view.__name__, set()):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name == "parse":
            found.body = _model(module, call)
        elif name == "parse_query":
            found.query = _model(module, call)
        elif name == "parse_form":
            found.form = _model(module, call)
            found.files += [each.value for each in call.args[1:] if isinstance(each, ast.Constant)]  # type: ignore[misc]
        elif name == "parse_nothing":
            found.nothing = True
        elif name == "file_sent" and isinstance(call.args[0], ast.Constant):
            found.files.append(str(call.args[0].value))
        elif name == "once":
            found.once = True
        elif name == "expect":
            found.matched = True
        found.tagged = found.tagged or any(each.arg == "revision" for each in call.keywords)
    found.files = sorted(set(found.files))
    return found


def component(model: type[BaseModel], components: dict[str, Schema]) -> Schema:
    """A reference to this model's schema, which is put among the components with all that it refers to."""
    room = model.__module__.rpartition(".")[2]
    made = model.model_json_schema(ref_template=f"#/components/schemas/{room}.{{model}}")
    for name, schema in made.pop("$defs", {}).items():
        components[f"{room}.{name}"] = plain(schema)
    components[f"{room}.{model.__name__}"] = plain(made)
    return {"$ref": f"#/components/schemas/{room}.{model.__name__}"}


def plain(schema: Any) -> Any:
    """A schema without the titles that say a name once more."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {each: plain(inner) for each, inner in value.items()} if name == "properties" else plain(value)
        for name, value in schema.items()
        if name != "title"
    }


def _model(module: ModuleType, call: ast.Call) -> type[BaseModel]:
    named = call.args[0]
    found = getattr(module, named.id, None) if isinstance(named, ast.Name) else None
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise ValueError(f"{module.__name__} parses what is no model by name: {ast.unparse(call)}")
    return found


def _calls(module: ModuleType, name: str, seen: set[str]) -> Iterator[ast.Call]:
    functions = _functions(module.__file__ or "")
    if name in seen or name not in functions:
        return
    seen.add(name)
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.Name) and node.id in functions:
            yield from _calls(module, node.id, seen)


@cache
def _functions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(Path(path).read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
