"""How a program, or a change of one, is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Invalid


class ClientChanged(Conflict):
    """Two people agreed on another client than there is by now."""

    code = "client-changed"
    rule = "ROL-3"
    detail = "The client is no longer as it was when this was proposed. Refuse it, and propose it anew."


class ClientAlreadySo(Conflict):
    code = "client-already-so"
    detail = "The client is registered with exactly this already. Nothing was proposed."


class CredentialOver(Conflict):
    code = "credential-over"
    detail = "This secret or key opens nothing any more."


class NothingToProve(Invalid):
    """A program that has neither a secret nor a key could not prove who it is."""

    code = "nothing-to-prove-itself-by"
    detail = "Paste a public key, or have a secret made."
