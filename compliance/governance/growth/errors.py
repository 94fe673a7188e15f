"""How counting a month is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class CountedAlready(Conflict):
    code = "month-counted"
    rule = "LIC-11"
    detail = "This month was counted already, and stays as it was counted."
