"""What a program asks when it sends somebody here to sign in, and how that is answered (OpenID Connect Core 3.1). Pure.

Whatever is wrong with the program or with where it wants people sent back to is told to the person, here: an address
that was not registered is never gone to. Whatever else is wrong is told to the program, at its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SCOPES = ("openid", "profile", "email")
"""What a program may be told of people: who they are and what they may do; their name; their address."""

LONGEST = 512
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_NOT_TAKEN = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


class NotSentBack(Exception):
    """The program, or the address it wants people sent back to, is not one that we know: nobody is sent anywhere."""


class SentBack(Exception):
    """The program is told at its own address why there is no code, by one of the standard's own words."""

    def __init__(self, address: str) -> None:
        super().__init__("sent back")
        self.address = address


@dataclass(frozen=True)
class Wanted:
    """A request that can be answered: where to, for what, bound to what. `max_age` is how old a sign-in may be, in seconds."""

    client_id: str
    redirect: str
    state: str | None
    scope: str
    challenge: str
    nonce: str | None
    silent: bool
    max_age: int | None

    def answer(self, issuer: str, **members: str) -> str:
        """The program's address with these members, what it sent along, and who answers (RFC 9207)."""
        return answered(self.redirect, issuer, self.state, **members)


def answered(redirect: str, issuer: str, state: str | None, **members: str) -> str:
    """An address to send somebody back to."""
    said = {**members, **({"state": state} if state is not None else {}), "iss": issuer}
    return f"{redirect}{'&' if urlsplit(redirect).query else '?'}{urlencode(said)}"


def whose(sent: Mapping[str, list[str]]) -> str:
    """The id of the program that asks; raises NotSentBack where it is not given once."""
    given = sent.get("client_id", [])
    if len(given) != 1 or not given[0]:
        raise NotSentBack()
    return given[0]


def understood(sent: Mapping[str, list[str]], redirects: Iterable[str], *, issuer: str, again_seconds: int) -> Wanted:
    """The request as it can be answered; raises NotSentBack, or SentBack with what the program is told.

    Parameters we do not know are ignored, and each of the others is given once. A `prompt` that asks for signing in again
    is met by a sign-in that is no older than `again_seconds`.
    """
    redirect = sent.get("redirect_uri", [])
    if len(redirect) != 1 or redirect[0] not in set(redirects):
        raise NotSentBack()
    once = {name: values[0] for name, values in sent.items() if len(values) == 1 and values[0] != ""}
    state = once.get("state")
    if state is not None and (len(state) > LONGEST or not state.isprintable()):
        state = None

    def refuse(error: str, says: str) -> SentBack:
        return SentBack(answered(redirect[0], issuer, state, error=error, error_description=says))

    if any(len(values) > 1 for values in sent.values()) or once.get("state") != state:
        raise refuse("invalid_request", "Each parameter is given once, and state is 512 plain characters at the most.")
    for name, error in _NOT_TAKEN.items():
        if name in once:
            raise refuse(error, f"{name} is not taken here.")
    if once.get("response_type") != "code":
        raise refuse("unsupported_response_type", "Only response_type=code is answered here.")
    if once.get("response_mode", "query") != "query":
        raise refuse("invalid_request", "Only response_mode=query is answered here.")
    scope = [known for known in SCOPES if known in once.get("scope", "").split()]
    if "openid" not in scope:
        raise refuse("invalid_scope", "Ask for the scope openid.")
    challenge = once.get("code_challenge", "")
    if once.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise refuse("invalid_request", "Send a code_challenge, and code_challenge_method=S256 (RFC 7636).")
    nonce = once.get("nonce")
    if nonce is not None and (len(nonce) > LONGEST or not nonce.isprintable()):
        raise refuse("invalid_request", "A nonce is 512 plain characters at the most.")
    prompts = set(once.get("prompt", "").split())
    if prompts - _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "The prompt is not one of those that the standard names.")
    age = once.get("max_age")
    if age is not None and not (age.isascii() and age.isdigit() and len(age) <= 9):
        raise refuse("invalid_request", "max_age is a number of seconds.")
    oldest = [int(age)] if age is not None else []
    if "login" in prompts:
        oldest.append(again_seconds)
    return Wanted(
        once["client_id"], redirect[0], state, " ".join(scope), challenge, nonce, "none" in prompts,
        min(oldest, default=None),
    )  # fmt: skip
