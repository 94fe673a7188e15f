"""Where sealed packs lie: a folder beside the store, and a second one on another machine's disk if there is one (GOV-3).

A pack is written whole or not at all, for its owner's eyes alone, and the oldest make room. The folder beside the store is
made where it is not there; the second one is not, for one that we made where another is not mounted would keep nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from policies.values import Policy

BEGINS, ENDS = "outage-pack-", ".age"
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_OWNER = 0o600
_OWNER_FOLDER = 0o700


@dataclass(frozen=True)
class Kept:
    """One sealed pack that lies in a folder, and as at when it tells."""

    path: Path
    made_at: datetime


@dataclass(frozen=True)
class Written:
    """What came of keeping a pack: where it lies, and in words what is wrong with each folder that did not take it."""

    files: tuple[Path, ...]
    problems: tuple[str, ...]


def folders(settings: Settings) -> tuple[Path, ...]:
    """Every folder that keeps packs, the one beside the store first."""
    copies = (settings.outage_copies,) if settings.outage_copies else ()
    return (settings.outage_folder or settings.var_dir / "outage-packs", *copies)


def keep(house: House, sealed: bytes, made_at: datetime) -> Written:
    """Write a sealed pack into every folder, and let the oldest go; one folder that fails does not stop the other."""
    most = house.the(Policy).outage_packs.packs_kept
    own, *copies = folders(house.settings)
    files, problems = [], []
    for folder in (own, *copies):
        try:
            if folder == own:
                folder.mkdir(mode=_OWNER_FOLDER, parents=True, exist_ok=True)
            files.append(_write(folder / name_of(made_at), sealed))
            for old in sorted(_packs(folder), key=lambda each: each.made_at)[:-most]:
                old.path.unlink(missing_ok=True)
        except OSError as problem:
            problems.append(f"{folder} did not take the outage pack ({type(problem).__name__})")
    return Written(tuple(files), tuple(problems))


def newest(folder: Path) -> Kept | None:
    """The newest pack of a folder; None where there is none. Raises OSError for a folder that cannot be read."""
    return max(_packs(folder), key=lambda each: each.made_at, default=None)


def name_of(made_at: datetime) -> str:
    """What a pack's file is called: by the instant as at which it tells, so that names sort as packs do."""
    return f"{BEGINS}{made_at.astimezone(UTC).strftime(_MOMENT)}{ENDS}"


def hand_out(sealed: bytes, to: Path) -> None:
    """Write a pack to a file that is not there yet, for its owner alone; raises FileExistsError, OSError.

    What could not be written whole is taken away again.
    """
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        to.unlink(missing_ok=True)
        raise


def _packs(folder: Path) -> Iterator[Kept]:
    for path in folder.iterdir():
        stamp = path.name.removeprefix(BEGINS).removesuffix(ENDS)
        if path.name != f"{BEGINS}{stamp}{ENDS}":
            continue
        try:
            yield Kept(path, datetime.strptime(stamp, _MOMENT).replace(tzinfo=UTC))
        except ValueError:
            continue


def _write(path: Path, sealed: bytes) -> Path:
    _beside(path, sealed).replace(path)
    _settle(path.parent)
    return path


def _beside(path: Path, content: bytes) -> Path:
    """The content in a file of the same folder under another name, on the disk; nobody but its owner opens such a one."""
    handle, name = tempfile.mkstemp(prefix=".outage-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _settle(folder: Path) -> None:
    """What was renamed in a folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
