"""A door of the API as the matrix tries it: its method, its address upon somebody's things, and what is sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from tests.builders.signatories import a_pdf
from tests.inventory import answers
from tests.inventory.world import Belongings, Whose, World

Body = Callable[[Belongings], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """A door of the API; `{…}` in the path are what the things asked for are called.

    `file` is the part of a form that carries a letter or scan.
    """

    method: str
    path: str
    body: Body | None = None
    file: str | None = None

    def __call__(self, world: World, caller: str, whose: Whose) -> str:
        return answers.of_api(self.answer(world, caller, whose))

    def answer(self, world: World, caller: str, whose: Whose) -> TestResponse:
        """What the door says to this caller."""
        its = world.things[whose]
        sent: dict[str, Any] = {}
        if self.body is not None and self.file is None:
            sent["json"] = self.body(its)
        elif self.body is not None:
            letter = (io.BytesIO(a_pdf()), f"{self.file}.pdf")
            sent = {"data": self.body(its) | {str(self.file): letter}, "content_type": "multipart/form-data"}
        who = world.callers[caller]
        address = self.path.format(version=world.version, **vars(its))
        return who.client.open(f"/api/v1{address}", method=self.method, headers=who.headers(), **sent)


def says(**words: Any) -> Body:
    """The same for everybody."""
    return lambda _its: words
