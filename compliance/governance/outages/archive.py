"""An outage pack as one archive that needs nothing else: a page, forms, lists and data, with a manifest of them (GOV-3).

It is a plain ZIP until `sealing` seals it. What stands in it opens from a folder, without a network and without a script.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from compliance.kernel.context import Context
from compliance.kernel.tables import Form, Table, write
from policies.values import Policy

from . import page, sealing
from .errors import PackRefused
from .gathering import AreaList, Gathered, gather

FORMAT = 1
"""Which files and members there are; whoever reads a pack with a program looks here first."""
INDEX, DATA, MANIFEST = "index.html", "data.json", "manifest.json"
COLUMNS = ("What", "Name", "How or role", "Organisation", "E-mail", "Telephone", "Case", "Until")
_NEEDED = frozenset({INDEX, DATA})
_EARLIEST = 1980
"""ZIP knows no year before it."""
_READABLE = 0o600

Progress = Callable[[str], None]
"""Told before each part is made, in words."""


class BrokenPack(PackRefused):
    """An archive that is not what was made: something in it is missing, was changed or was added."""

    code = "outage-pack-broken"
    detail = "The pack opened, and was not what had been written, so it does not count. Make another one."


@dataclass(frozen=True)
class Manifest:
    """What a pack says of itself: as at when it tells, by which policy, and each of its files with its SHA-256 and size."""

    made_at: datetime
    service: str
    policy: str
    people: int
    files: Mapping[str, tuple[str, int]]


def build(ctx: Context, progress: Progress | None = None) -> bytes:
    """The pack as the registers have it now, as the bytes of a ZIP; it is not sealed yet and never kept so."""
    say = progress or (lambda _words: None)
    say("reading the registers")
    gathered = gather(ctx)
    say("writing the page, the forms and the lists")
    files = _files(gathered)
    manifest = _manifest(gathered, ctx.the(Policy).version, files)
    return _zipped({**files, MANIFEST: manifest}, gathered.at)


def check(data: bytes) -> Manifest:
    """Read an archive whole, and hold each file against the manifest; raises BrokenPack saying what is wrong."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
        said = json.loads(found.pop(MANIFEST))
        manifest = Manifest(
            datetime.fromisoformat(said["made_at"]),
            said["service"],
            said["policy"],
            said["people"],
            {each["name"]: (each["sha256"], each["size"]) for each in said["files"]},
        )
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as problem:
        raise BrokenPack(f"it cannot be read ({type(problem).__name__})") from problem
    if said.get("format") != FORMAT:
        raise BrokenPack("it was made in a form that is not known")
    if set(found) != set(manifest.files) or not set(found) >= _NEEDED:
        raise BrokenPack("its files are not those of its manifest")
    for name, content in found.items():
        if manifest.files[name] != (sha256(content).hexdigest(), len(content)):
            raise BrokenPack(f"{name} is not what was written")
    return manifest


def opened(sealed: bytes, passphrase: str) -> Manifest:
    """Open a sealed pack and check all of it: the test that it would serve. Raises DoesNotOpen, BrokenPack."""
    return check(sealing.open_(sealed, passphrase))


def _files(gathered: Gathered) -> dict[str, bytes]:
    made = {
        INDEX: page.index(gathered, lists={area.code: _list_name(area) for area in gathered.areas}).encode(),
        page.REFERRAL: page.referral(gathered).encode(),
        page.TRANSCRIPTION: page.transcription(gathered).encode(),
        DATA: _data(gathered),
    }
    return made | {_list_name(area): _list(area, gathered) for area in gathered.areas}


def _list_name(area: AreaList) -> str:
    return f"areas/{area.code}.csv"


def _list(area: AreaList, gathered: Gathered) -> bytes:
    """One area as a spreadsheet opens it: holders, then contacts, then invitations."""
    rows = [
        *(("Licence holder", each.name, each.how, each.organisation, each.email, "", "", "") for each in area.holders),
        *(
            ("Contact", each.name, each.role, each.organisation, each.email, each.telephone, "", "")
            for each in area.contacts
        ),
        *(
            (
                "Invited to a case", each.name, "Closed MARAC" if each.closed else "Open case", each.organisation,
                each.email, "", each.reference, each.until,
            )
            for each in area.invited
        ),
    ]  # fmt: skip
    table = Table(f"Outage pack: {area.name}", area.code, gathered.at, COLUMNS, rows, gathered.service)
    return write(table, Form.CSV).content


def _data(gathered: Gathered) -> bytes:
    held = {"format": FORMAT} | asdict(gathered) | {"at": gathered.at.isoformat()}
    return _json(held)


def _manifest(gathered: Gathered, policy: str, files: Mapping[str, bytes]) -> bytes:
    held = {
        "format": FORMAT,
        "made_at": gathered.at.isoformat(),
        "service": gathered.service,
        "policy": policy,
        "people": gathered.people,
        "files": [
            {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)}
            for name, content in sorted(files.items())
        ],
    }
    return _json(held)


def _json(held: Mapping[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False, indent=1).encode()


def _zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Bytes that are the same for the same content, and open for their owner alone."""
    buffer = io.BytesIO()
    moment = (max(at.year, _EARLIEST), at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
