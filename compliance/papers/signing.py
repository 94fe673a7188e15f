"""Signing documents with the service's own key, and telling whether a document is ours and untouched (SIG-2).

The signature is PAdES at its baseline level B-B, over the whole file, and certifies that nothing may be added. The
certificate is signed by itself: whoever checks relies on having it from this service, not on an authority.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from asn1crypto import cms, keys, x509

from compliance.kernel.paper_keys import PaperKey

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

T = TypeVar("T")

MOST_BYTES = 32 * 1024 * 1024
_FIELD = "MARACHub"
_RESERVED = 8192

# It would write down how each spoilt file failed; what a file is found to be goes to whoever asked, and nowhere else.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


class Verdict(StrEnum):
    """What a file is found to be."""

    WHOLE = "whole"
    ALTERED = "altered"
    UNSIGNED = "unsigned"
    STRANGER = "stranger"


def sign(pdf: bytes, key: PaperKey, *, at: datetime, reason: str) -> bytes:
    """The document with our signature over all of it, made at this instant; raises ValueError for a key that signs no more."""
    return _apart(lambda: _signed(pdf, key, at, reason))


def check(content: bytes, ours: Sequence[PaperKey]) -> Verdict:
    """Whether this file bears the signature of one of our keys, over every byte of it."""
    return _apart(lambda: _found(content, ours))


def _apart(does: Callable[[], T]) -> T:
    """In a thread of its own: pyHanko runs an event loop, and refuses where one runs already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(does).result()


def _signed(pdf: bytes, key: PaperKey, at: datetime, reason: str) -> bytes:
    # Half a second of imports, which only those who sign or check need wait for.
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Dated(PdfSigner):
        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = at
            return session

    certificate = x509.Certificate.load(key.der)
    known = SimpleCertificateStore()
    signer = SimpleSigner(certificate, keys.PrivateKeyInfo.load(key.pkcs8), known)
    about = PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name="MARAC Hub", reason=reason,
        certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    # Hidden and beside the page: what is not tagged may not stand on it (PDF/UA-1, 7.18.1).
    unseen = InvisSigSettings(set_print_flag=False, set_hidden_flag=True, box_out_of_bounds=True)
    field = SigFieldSpec(_FIELD, invis_sig_settings=unseen)
    signed = BytesIO()
    Dated(about, signer, new_field_spec=field).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=_RESERVED, output=signed
    )
    return signed.getvalue()


def _found(content: bytes, ours: Sequence[PaperKey]) -> Verdict:
    # What a spoilt file does to a reader of files is anybody's guess: whatever it is, the file is not whole.
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator.context import ValidationContext

    if len(content) > MOST_BYTES:
        return Verdict.STRANGER
    try:
        found = PdfFileReader(BytesIO(content)).embedded_signatures
        if not found:
            return Verdict.UNSIGNED
        signature: EmbeddedPdfSignature = found[0]
        certificate = signature.signer_cert
        if certificate.dump() not in {key.der for key in ours}:
            return Verdict.STRANGER
        moment = certificate.not_valid_before
        context = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=moment)
        status = validate_pdf_signature(signature, context, skip_diff=True)
        covered = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
        sound = len(found) == 1 and covered and status.intact and status.valid
        whole = sound and _is_as_written(content, signature, certificate)
    except Exception:  # noqa: BLE001
        return Verdict.ALTERED
    return Verdict.WHOLE if whole else Verdict.ALTERED


def _is_as_written(content: bytes, signature: EmbeddedPdfSignature, certificate: x509.Certificate) -> bool:
    """Whether the gap that no signature can cover holds ours just as we write it, with zeros behind it and nothing else.

    What it signed and how vouch for themselves; all that is wrapped around them is made here again and compared.
    """
    start, length, after, _ = (int(each) for each in signature.byte_range)
    gap = content[start + length : after]
    signer = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode("ascii")))["content"]["signer_infos"][0]
    wrapped = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [
                {
                    "version": "v1",
                    "sid": cms.SignerIdentifier(
                        "issuer_and_serial_number",
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
                    ),
                    "digest_algorithm": {"algorithm": "sha256"},
                    "signed_attrs": signer["signed_attrs"],
                    "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                    "signature": signer["signature"],
                }
            ],
        }
    )
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": wrapped}).dump()
    return gap == b"<" + written.hex().upper().encode().ljust(len(gap) - 2, b"0") + b">"
