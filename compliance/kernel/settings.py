"""What an operator decides outside the code: where the store is, which address we answer to, where the keys are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

LONGEST_WITNESS = 255
_MAILBOX = re.compile(r"mailto:[^@\s?/]+@[^@\s?/]+\.[^@\s?/]+")
REPOSITORY = Path(__file__).resolve().parents[2]


class Misconfigured(RuntimeError):
    """The service refuses to start; the message says which setting to mend and how."""


@dataclass(frozen=True)
class Settings:
    """The whole configuration. `base_url` is the only name the service knows itself by, never `Host`.

    `threads` is how many requests a process has in hand at once: `compliance serve` tells it to its processes.
    `wait_seconds` is how long anything waits for a busy store before the caller is told 503. `witnesses` keep the log's
    checkpoints: folders, addresses after `mailto:`, and prefixes of `https://` (AUD-3). `outward_networks` are those of
    our own that addresses which somebody gave us may lie in, `metrics_networks` those that `/metrics` is answered to; none
    where nothing is said. `journal` is the folder that keeps
    what was disposed of and which rights ended, apart from the store (RET-12). `outage_folder` keeps the packs for an
    outage, beside the store where nothing is said, and `outage_copies` a second time, on another machine's disk (GOV-3).
    """

    database_url: str
    base_url: str
    key_file: Path
    policy_dir: Path
    var_dir: Path
    demo: bool = False
    smtp_url: str | None = None
    mail_from: str | None = None
    notify_key: str | None = None
    notify_template: str | None = None
    countries_file: Path | None = None
    threads: int = 32
    wait_seconds: int = 3
    witnesses: tuple[str, ...] = ()
    outward_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    journal: Path | None = None
    outage_folder: Path | None = None
    outage_copies: Path | None = None
    metrics_networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS; plain HTTP is for this machine only."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read `COMPLIANCE_*` and `DATABASE_URL`; raises Misconfigured naming what is missing or wrong.

        What the environment does not say, a file `compliance.env` in the var directory may: a setting a line.
        """
        var_dir = Path(environment.get("COMPLIANCE_VAR", REPOSITORY / "var")).resolve()
        environment = _file(var_dir / "compliance.env") | dict(environment)
        base_url = environment.get("COMPLIANCE_BASE_URL", "").rstrip("/")
        if not base_url:
            raise Misconfigured("Set COMPLIANCE_BASE_URL to the address people use, such as https://marac.example.")
        _check_base_url(base_url)
        countries = environment.get("COMPLIANCE_COUNTRIES")
        return cls(
            database_url=_database_url(environment.get("DATABASE_URL", f"sqlite:///{var_dir}/compliance.sqlite")),
            base_url=base_url,
            key_file=Path(environment.get("COMPLIANCE_KEYS", var_dir / "keys.json")).resolve(),
            policy_dir=Path(environment.get("COMPLIANCE_POLICIES", REPOSITORY / "policies")).resolve(),
            var_dir=var_dir,
            demo=environment.get("COMPLIANCE_DEMO") == "1",
            smtp_url=environment.get("SMTP_URL") or None,
            mail_from=environment.get("COMPLIANCE_MAIL_FROM") or None,
            notify_key=environment.get("COMPLIANCE_NOTIFY_KEY") or None,
            notify_template=environment.get("COMPLIANCE_NOTIFY_TEMPLATE") or None,
            countries_file=Path(countries).resolve() if countries else None,
            threads=_number(environment, "COMPLIANCE_THREADS", 32),
            wait_seconds=_number(environment, "COMPLIANCE_WAIT_SECONDS", 3),
            witnesses=_witnesses(environment.get("COMPLIANCE_WITNESSES", "")),
            outward_networks=_networks(environment, "COMPLIANCE_OUTWARD_NETWORKS"),
            journal=_folder(environment, "COMPLIANCE_JOURNAL", "/srv/journal/marac"),
            outage_folder=_folder(environment, "COMPLIANCE_OUTAGE_FOLDER", "/srv/outage/marac"),
            outage_copies=_folder(environment, "COMPLIANCE_OUTAGE_COPIES", "/mnt/outage/marac"),
            metrics_networks=_networks(environment, "COMPLIANCE_METRICS_NETWORKS"),
        )


def _file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = [line.strip() for line in path.read_text().splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _number(environment: Mapping[str, str], name: str, usual: int) -> int:
    given = environment.get(name, str(usual))
    if not given.isdecimal() or not int(given):
        raise Misconfigured(f"{name} must be a whole number above 0, such as {usual}.")
    return int(given)


def _check_base_url(base_url: str) -> None:
    if not _is_web_address(base_url):
        raise Misconfigured("COMPLIANCE_BASE_URL must be an https:// address; http:// is for 127.0.0.1 only.")


def _is_web_address(address: str) -> bool:
    """Over TLS, or to this machine."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"})
    )


def _witnesses(given: str) -> tuple[str, ...]:
    """Who keeps the log's checkpoints, with a space between; raises Misconfigured for one that could not (AUD-3)."""
    named = tuple(one.rstrip("/") or one for one in given.split())
    for place, one in enumerate(named, start=1):
        wrong = "is named twice" if one in named[: place - 1] else _wrong_with_witness(one)
        if wrong:
            # Not repeated: somebody may have written a password into it.
            raise Misconfigured(f"COMPLIANCE_WITNESSES: the witness in place {place} {wrong}.")
    return named


def _folder(environment: Mapping[str, str], name: str, such_as: str) -> Path | None:
    """A folder that was named; raises Misconfigured for one that is not a place of its own (RET-12, GOV-3)."""
    given = environment.get(name, "")
    if not given:
        return None
    if not given.startswith("/") or not given.strip("/"):
        raise Misconfigured(f"{name} must be a folder of its own from / on, such as {such_as}.")
    return Path(given)


def _wrong_with_witness(one: str) -> str | None:
    if len(one) > LONGEST_WITNESS:
        return f"is longer than {LONGEST_WITNESS} characters"
    if one.startswith("/"):
        return None if len(one) > 1 else "is the whole machine: name a folder of its own"
    if one.startswith("mailto:"):
        return None if _MAILBOX.fullmatch(one) else "is no address: write mailto:chair@example.org"
    if not one.startswith(("https://", "http://")):
        return "is no folder from / on, no mailto: address and no https:// prefix"
    if not _is_web_address(one):
        return "must be reached over https://; http:// is for 127.0.0.1 only"
    parts = urlsplit(one)
    if parts.username or parts.password or parts.query or parts.fragment:
        return "holds a user, a password, a ? or a #: a prefix has none of them"
    return None


def _networks(environment: Mapping[str, str], name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Networks with a space between, such as 10.20.0.0/16; raises Misconfigured."""
    try:
        return tuple(ip_network(one) for one in environment.get(name, "").split())
    except ValueError:
        raise Misconfigured(f"{name} takes networks such as 10.20.0.0/16, spaces between.") from None


def _database_url(given: str) -> str:
    """PostgreSQL is spoken through psycopg 3, whichever of its usual spellings was given."""
    for spelling in ("postgres://", "postgresql://"):
        if given.startswith(spelling):
            return "postgresql+psycopg://" + given.removeprefix(spelling)
    return given
