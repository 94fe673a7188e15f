"""How a disclosure is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class NoSuchStep(Conflict):
    code = "disclosure-no-such-step"
    rule = "SHA-3"
    detail = "This does not follow from where the disclosure stands now. Nothing was changed: look at it again."


class OwnDisclosure(Forbidden):
    code = "disclosure-own"
    rule = "ROL-3"
    detail = "You asked for this yourself. Another manager authorises or refuses it."
