"""Work that would be done anew for every test and comes to the same each time: done once for all of a worker's tests.

Each test has an application of its own, for which Flask's parts compile the address of every route and each template,
and ours read every file of values. Here a route's address is compiled when the first is built, a template once, and a
file read once. And a password costs 40 ms of a core to hash, by intention: here the same password is hashed once, and
the same question about the same hash asked once.

Served processes are not touched by any of it, and tests about hashing hash for real.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _Templates(BytecodeCache):
    """Compiled templates, by their address and their source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


class HashedOnce:
    """As Argon2id, remembering: the hash of a password, and which password fits which hash."""

    _hashes: ClassVar[dict[tuple[bytes, tuple[tuple[str, int], ...]], str]] = {}
    _fits: ClassVar[dict[tuple[bytes, str], bool]] = {}

    def __init__(self, *, salt: bytes, **profile: int) -> None:
        self._whole: dict[str, Any] = {"salt": salt} | profile
        self._profile = tuple(sorted(profile.items()))

    def derive_phc_encoded(self, text: bytes) -> str:
        known = (text, self._profile)
        if known not in self._hashes:
            self._hashes[known] = Argon2id(**self._whole).derive_phc_encoded(text)
        return self._hashes[known]

    @classmethod
    def verify_phc_encoded(cls, text: bytes, phc: str) -> None:
        """Raises InvalidKey."""
        if (text, phc) not in cls._fits:
            try:
                Argon2id.verify_phc_encoded(text, phc)
                cls._fits[text, phc] = True
            except InvalidKey:
                cls._fits[text, phc] = False
        if not cls._fits[text, phc]:
            raise InvalidKey


def spare_repetition() -> None:
    """From now on, in this process: routes, templates and files of values."""
    read_now, read = tomllib.loads, dict[str, dict[str, Any]]()

    def read_once(text: str, /, **choices: Any) -> dict[str, Any]:
        if choices:
            return read_now(text, **choices)
        if text not in read:
            read[text] = read_now(text)
        return deepcopy(read[text])

    tomllib.loads = read_once
    Flask.jinja_options = {"bytecode_cache": _Templates()}
    compile_now = Rule._compile_builder

    def compile_late(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def build(_rule: Rule, *given: Any, **named: Any) -> tuple[str, str]:
            made: Callable[..., tuple[str, str]] = compile_now(rule, append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", made)
            return made(*given, **named)

        return build

    Rule._compile_builder = compile_late  # type: ignore[method-assign, assignment]
