"""The contract as a document: what programs may ask of this service, as the suite wrote it down (OpenAPI 3.1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete")


def title(code: str) -> str:
    """A problem's code as words: `licence-own` is *Licence own*."""
    return code.replace("-", " ").replace("_", " ").capitalize()


@dataclass(frozen=True)
class Operation:
    """One line of the contract: how it is asked for, and all that is said of it."""

    method: str
    path: str
    said: dict[str, Any]

    @property
    def room(self) -> str:
        """What it belongs to."""
        return str(self.said["tags"][0])


class Contract:
    """The document as its bytes, and as what it says. Read once, by whoever asks first."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def raw(self) -> bytes:
        """The file."""
        return self._path.read_bytes()

    @cached_property
    def tag(self) -> str:
        """What these bytes are known again by."""
        return sha256(self.raw).hexdigest()[:32]

    @cached_property
    def said(self) -> dict[str, Any]:
        """What it says, its members in their order."""
        said: dict[str, Any] = json.loads(self.raw)
        return said

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, by path."""
        return tuple(self._operations())

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A part of it, or what that refers to."""
        reference = schema.get("$ref")
        if reference is None:
            return schema
        found: Any = self.said
        for name in str(reference).removeprefix("#/").split("/"):
            found = found[name]
        return self.resolved(found)

    def _operations(self) -> Iterator[Operation]:
        for path, methods in self.said["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield Operation(method.upper(), path, methods[method])
