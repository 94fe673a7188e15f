"""`audit/witness.py`, as anybody runs it: it takes what has grown, keeps it whatever happens, and refuses the rest."""

from __future__ import annotations

import re
import signal
import socket
import threading
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit import tree
from audit.notes import Checkpoint, Signer, sign
from tests.support.witness import CannotWitness, Witness, a_witness

ORIGIN = "marac.example/log"
MINE = Signer(ORIGIN, Ed25519PrivateKey.generate())
STRANGE = Signer(ORIGIN, Ed25519PrivateKey.generate())


class Log:
    """A log of as many entries as one likes; `kind` makes it another one from its fifth entry on."""

    def __init__(self, kind: str = "") -> None:
        self.leaves = [tree.leaf(sha256(f"{kind if n >= 4 else ''}{n}".encode()).digest()) for n in range(600)]

    def root(self, low: int, high: int) -> bytes:
        if high - low == 1:
            return self.leaves[low]
        return tree.root_of(self.leaves[low:high])

    def note(self, size: int, signer: Signer = MINE, origin: str = ORIGIN) -> str:
        return sign(Checkpoint(origin, size, self.root(0, size) if size else tree.EMPTY), [signer])

    def path(self, old: int, new: int) -> list[str]:
        if not 0 < old < new:
            return []
        return [b64encode(each).decode() for each in tree.consistency(old, new, self.root)]


LOG, OTHER = Log(), Log("x")


@pytest.fixture
def witness(tmp_path: Path):
    with a_witness(tmp_path / "kept", f"{MINE.verifier}\n") as running:
        yield running


def add(witness: Witness, old: int, new: int, log: Log = LOG) -> httpx.Response:
    return witness.add(old, log.note(new), log.path(old, new))


@pytest.mark.rule("AUD-3")
def test_it_takes_what_has_grown_and_cosigns_it(witness: Witness) -> None:
    assert httpx.get(f"{witness.prefix}/checkpoint").status_code == 404
    for old, new in ((0, 3), (3, 4), (4, 4), (4, 257), (257, 600)):
        taken = add(witness, old, new)
        assert taken.status_code == 200, taken.text
        assert witness.kept == LOG.note(new) == httpx.get(f"{witness.prefix}/checkpoint").text

    name, _, rest = httpx.get(f"{witness.prefix}/key").text.strip().partition("+")
    key_id, _, key = rest.partition("+")
    public = b64decode(key)
    made = b64decode(re.fullmatch("\u2014 witness (.+)\n", taken.text)[1])
    at = int.from_bytes(made[4:12], "big")
    assert (public[:1], made[:4].hex()) == (b"\4", key_id)
    assert sha256(name.encode() + b"\n" + public).digest()[:4].hex() == key_id
    text = LOG.note(600).partition("\n\n")[0] + "\n"
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(made[12:], f"cosignature/v1\ntime {at}\n{text}".encode())


@pytest.mark.rule("AUD-3")
def test_it_refuses_what_is_smaller_or_different_and_says_what_it_holds(witness: Witness) -> None:
    add(witness, 0, 300)
    kept = witness.kept

    smaller = add(witness, 0, 100)
    assert (smaller.status_code, smaller.text, smaller.headers["content-type"]) == (409, "300\n", "text/x.tlog.size")
    assert add(witness, 100, 200).status_code == 409
    assert add(witness, 300, 300, OTHER).status_code == 409
    assert add(witness, 300, 400, OTHER).status_code == 422
    assert witness.add(300, LOG.note(400), []).status_code == 422
    assert witness.add(300, LOG.note(400), [*LOG.path(300, 400), LOG.path(300, 400)[0]]).status_code == 422
    assert add(witness, 500, 400).status_code == 400
    assert witness.kept == kept


@pytest.mark.rule("AUD-3")
def test_it_refuses_what_is_unsigned_or_of_another_log(witness: Witness) -> None:
    assert witness.add(0, LOG.note(3, STRANGE)).status_code == 403
    assert witness.add(0, LOG.note(3).partition("\u2014")[0]).status_code == 403
    assert witness.add(0, LOG.note(3, origin="other.example/log")).status_code == 404
    assert witness.add(0, sign(Checkpoint(ORIGIN, 3, LOG.root(0, 3)), [STRANGE, MINE])).status_code == 200
    assert "\u2014" in (witness.kept or "")
    assert witness.kept == LOG.note(3), "what strangers signed is not kept"


NO_REQUESTS = [
        b"", b"old", b"old 0", b"old 0\n", b"old -1\n\n", b"old 01\n\n", b"old 0\n\n\n\n", b"\xff\xfe\n\n", b"old 0\nabc\n\nx",
        b"old 0\n" + b"A" * 44 + b"\n\nx\n1\nx\n\n", b"old 99999999999999999999\n\n", b"old 0\n" + b"\n" * 70,
        b"old 0\n\nmarac.example/log\n3\nAAAA\n\n\xe2\x80\x94 x y\n", b"old 0\n" + (b64encode(b"0" * 32) + b"\n") * 64 + b"\nx",
]  # fmt: skip


def test_what_is_no_request_is_refused_and_changes_nothing(witness: Witness) -> None:
    answers = [httpx.post(f"{witness.prefix}/add-checkpoint", content=body).status_code for body in NO_REQUESTS]

    assert answers == [400] * len(NO_REQUESTS)
    assert witness.kept is None
    assert add(witness, 0, 3).status_code == 200


def test_much_that_is_sent_is_not_read_and_nothing_else_is_there(witness: Witness) -> None:
    assert httpx.post(f"{witness.prefix}/add-checkpoint", content=b"x" * 70_000).status_code == 400
    assert httpx.post(f"{witness.prefix}/other", content=b"old 0\n").status_code == 404
    assert httpx.get(f"{witness.prefix}/../cosigning-key").status_code == 404
    with socket.create_connection(("127.0.0.1", witness.port)) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
        assert add(witness, 0, 3).status_code == 200


@pytest.mark.rule("AUD-3")
def test_of_two_at_once_one_is_taken_and_the_other_is_told(witness: Witness) -> None:
    add(witness, 0, 100)
    answers: list[int] = []
    together = threading.Barrier(8)

    def adding(new: int) -> None:
        together.wait()
        answers.append(add(witness, 100, new).status_code)

    threads = [threading.Thread(target=adding, args=[200 + n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, *[409] * 7]


@pytest.mark.rule("AUD-3")
def test_killed_at_any_moment_it_holds_no_less_than_it_said(witness: Witness) -> None:
    assert add(witness, 0, 1).status_code == 200
    for round_ in range(3):
        killing = threading.Timer(0.15 + 0.1 * round_, witness.end)
        killing.start()
        said = held = int((witness.kept or "").split("\n")[1])
        try:
            for new in range(held + 1, 600):
                assert add(witness, new - 1, new).status_code == 200
                said = new
        except httpx.TransportError:
            killing.join()
        kept = int((witness.kept or "").split("\n")[1])
        assert kept in (said, said + 1)
        assert witness.kept == LOG.note(kept)
        witness.start()
    witness.end(signal.SIGTERM)


def test_it_begins_with_nothing_doubtful(witness: Witness, tmp_path: Path) -> None:
    add(witness, 0, 100)
    second = Witness(witness.folder, witness.keys)
    with pytest.raises(CannotWitness, match="another witness keeps"):
        second.start()
    witness.end()
    (witness.folder / "checkpoint").write_text(LOG.note(100, STRANGE))
    with pytest.raises(CannotWitness, match="is no checkpoint of"):
        witness.start()
    for keys in (
        "",
        "nonsense\n",
        f"{MINE.verifier}x\n",
        f"{MINE.verifier}\n{Signer('b/log', MINE.private).verifier}\n",
    ):
        with pytest.raises(CannotWitness, match="cannot witness"):
            Witness(tmp_path / "other", keys).start()
