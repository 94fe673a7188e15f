"""What people fill in about the programs that may ask us things (DEC-3)."""

from __future__ import annotations

from compliance.identity.access_tokens import SCOPES
from compliance.identity.clients.rules import Registration

from .fields import Line, OneOf, OneOfMany, Prose, Several
from .plain import Needed, PlainForm
from .register import Question

SCOPE_WORDS = {
    "decisions": "Ask for decisions: who may do what, before every screen",
    "registers:read": "Read the registers of organisations and signatories",
    "access-events:write": "Report sign-ins, views and downloads",
    "facts:write": "Report counts of attendance, research and actions",
    "retention": "Register records, and carry out disposals",
    "sharing": "Record decisions to share, and ask for re-use",
    "incidents:write": "Report breaches and concerns",
    "changes:read": "Follow the feed of changes of rights",
}
"""What each scope lets a program do, in words."""

_ADDRESSES = "One a line, letter for letter as the program sends them."


class ClientQuestion(Question):
    """What the list of programs is narrowed to."""

    search = Line("Search by name or client id")
    which = OneOfMany("Which clients?")
    scope = OneOfMany("That may")


class Registered(PlainForm):
    """What a program is registered with."""

    name = Line("What is the program called?", [Needed("Enter the program’s name.")])
    scopes = Several(
        "What may it do?",
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        description="Choose only what it needs. A program that only signs people in needs none.",
    )
    redirects = Prose(
        "Where are people sent back to, signed in?",
        description=f"{_ADDRESSES} Leave empty where nobody signs in to it through us.",
    )
    logout_redirects = Prose("Where are people sent back to, signed out?", description=_ADDRESSES)
    back_channel = Line(
        "Where is it told that somebody’s sign-in ended?",
        description="The address of its back-channel logout. It has to be reached over https.",
    )
    networks = Prose(
        "Which networks may it call from?", description="Such as 192.0.2.0/24, one a line. Leave empty for any."
    )
    reason = Prose("Why?", [Needed("Say why.")], description="For whoever decides.")

    def asked(self) -> Registration:
        """What was filled in, as it is proposed."""
        return Registration(
            self.name.data or "", tuple(self.scopes.data or ()), _lines(self.networks.data), _lines(self.redirects.data),
            _lines(self.logout_redirects.data), (self.back_channel.data or "").strip() or None,
        )  # fmt: skip

    def shows(self, held: Registration) -> None:
        """Fill in what is registered now, so that one changes what one wants to."""
        self.name.data = held.name
        self.scopes.data = list(held.scopes)
        self.networks.data = "\n".join(held.networks)
        self.redirects.data = "\n".join(held.redirects)
        self.logout_redirects.data = "\n".join(held.logout_redirects)
        self.back_channel.data = held.back_channel or ""


_BY = [
    ("keys", "Keys of its own: it signs with what never leaves it. The safer way"),
    ("secret", "A secret that we make, and show to you once"),
    ("both", "Both, while it moves from one to the other"),
]


class Proof(PlainForm):
    """By what a program proves who it is."""

    by = OneOf("How does it prove who it is?", [Needed("Choose how it proves who it is.")], choices=_BY)
    keys = Prose(
        "Its public keys",
        description="A JWKS or JWK, or a PEM that begins with BEGIN PUBLIC KEY. Never a private key.",
    )

    @property
    def with_secret(self) -> bool:
        return self.by.data in ("secret", "both")

    @property
    def pasted(self) -> str:
        """The keys, where keys were chosen."""
        return (self.keys.data or "") if self.by.data in ("keys", "both") else ""


class NewClient(Registered, Proof):
    """Both at once."""


class Rotate(Proof):
    """The same, for a program that is let in already."""

    reason = Prose("Why?", [Needed("Say why.")], description="For whoever decides.")


def _lines(typed: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (typed or "").splitlines() if line.strip())
