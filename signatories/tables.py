"""The registers as tables, for the files that leave the service (SIG-1, SIG-8)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import MOST, Look, RegisterRow, WithdrawalRow
from .rules import DUTIES
from .withdrawals.queries import stands


def of_register(ctx: Context, rows: Sequence[RegisterRow], seen: Look) -> Table:
    """The register of signatories: one line for each organisation and instrument, as it was known (SIG-1, SIG-3)."""
    lines = [
        (
            row.organisation.name,
            row.organisation.code,
            row.organisation.sector,
            ", ".join(row.areas),
            row.state.value,
            instrument,
            cell.state.value,
            cell.version or "",
            cell.signed_name or "",
            cell.signed_role or "",
            moment(cell.signed_at),
            cell.method or "",
            moment(cell.until),
            moment(cell.withdrawn_at),
            row.isa.source or "" if instrument == "isa" else "",
            moment(row.isa.checked_at) if instrument == "isa" else "",
            row.isa.checked_by_name or row.isa.checked_by or "" if instrument == "isa" else "",
            ("yes" if row.isa.found else "no") if instrument == "isa" and row.isa.checked_at else "",
            row.isa.due_on.isoformat() if instrument == "isa" else "",
        )
        for row in rows
        for instrument, cell in row.instruments.items()
    ]
    columns = (
        "Organisation", "Code", "Sector", "Areas", "State of the organisation", "Instrument", "State", "Version",
        "Signed by", "Role", "Signed", "How", "State may change", "Withdrawn", "Kept by", "Last checked", "Checked by", "On its list",
        "Check due",
    )  # fmt: skip
    known = f", as it was known at {moment(seen.known)}" if seen.with_hindsight else ""
    title = f"Register of signatories as at {moment(seen.at)}{known}"
    return _table(ctx, title, "register", columns, lines, cut=len(rows) >= MOST)


def of_withdrawals(ctx: Context, rows: Sequence[WithdrawalRow]) -> Table:
    """The withdrawal register (SIG-8), with the duties that stay and who acknowledged them (SIG-7)."""
    lines = [
        (
            row.organisation,
            row.withdrawal.instruments,
            stands(row.withdrawal, ctx.now()).value.replace("_", " "),
            moment(row.withdrawal.effective_at),
            row.withdrawal.letter_on.isoformat(),
            row.letter,
            row.letter_sha256,
            row.withdrawal.reasons,
            row.recorded_by,
            moment(row.withdrawal.recorded_at),
            moment(row.withdrawal.called_off_at),
            str(row.withdrawal.people_removed),
            str(row.withdrawal.licences_ended),
            DUTIES,
            row.withdrawal.duties_acknowledged_by or "",
            moment(row.withdrawal.duties_acknowledged_at),
        )
        for row in rows
    ]
    columns = (
        "Organisation", "Instruments", "State", "In effect from", "Date of letter", "Letter", "SHA-256 of letter", "Rationale",
        "Recorded by", "Recorded", "Called off", "People removed", "Licences ended", "Duties that stay", "Duties acknowledged by",
        "Duties acknowledged",
    )  # fmt: skip
    title = "Register of withdrawals"
    return _table(ctx, title, "withdrawals", columns, lines, cut=len(rows) >= MOST)


def _table(
    ctx: Context, title: str, path: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, cut: bool
) -> Table:
    stem = "register-of-withdrawals" if path == "withdrawals" else "register-of-signatories"
    address = f"{ctx.house.settings.base_url}/{path}"
    return Table(title, stem, ctx.now(), columns, rows, address, most=MOST if cut else None)
