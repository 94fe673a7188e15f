"""How a record of sharing is refused."""

from __future__ import annotations

from compliance.kernel.errors import Forbidden


class NotOnBehalf(Forbidden):
    code = "sharing-not-on-behalf"
    rule = "SHA-1"
    detail = "The person named may not do this: they hold no licence in use and no role that lets them."
