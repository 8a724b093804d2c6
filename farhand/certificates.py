"""An authority of one's own, and the certificates that Kafka and PostgreSQL show to the services.

For a company without one; where there is one, its certificates go into the same files.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3650
LEAF_DAYS: Final = 397
"""What browsers accept at most, and so what everything does."""
RENEWED_BEFORE: Final = timedelta(days=60)
BACKDATED: Final = timedelta(hours=1)
"""Clocks differ."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """In PKCS #8, which all of PostgreSQL, Java and OpenSSL read."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def write(self, folder: Path, name: str) -> None:
        """Keep both as NAME.crt and NAME.key."""
        (folder / f"{name}.crt").write_text(self.certificate_pem)
        key = folder / f"{name}.key"
        key.touch(mode=0o600)
        key.write_text(self.key_pem)

    @classmethod
    def read(cls, folder: Path, name: str, now: datetime) -> "Issued | None":
        """What was kept; None if there is none, or it is to be renewed."""
        if not (folder / f"{name}.key").is_file():
            return None
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
        if certificate.not_valid_after_utc - now < RENEWED_BEFORE:
            return None
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101  # it was made here
        return cls(certificate, key)


def authority(folder: Path, now: datetime) -> Issued:
    """The authority kept in a folder, made if there is none."""
    if kept := Issued.read(folder, "ca", now):
        return kept
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("Farhand authority")
    usage = x509.KeyUsage(
        *(
            False,
            False,
            False,
            False,
            False,
            True,
            True,
            False,
            False,
        )  # to sign certificates and revocations
    )
    made = Issued(
        _begun(name, key, now, AUTHORITY_DAYS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256()),
        key,
    )
    made.write(folder, "ca")
    return made


def certificate(folder: Path, name: str, by: Issued, now: datetime) -> Issued:
    """The certificate of a host or a person of this name, made if there is none, or renewed.

    `name` is the host that clients connect to. It is good for both ends of a connection.
    """
    if (kept := Issued.read(folder, name, now)) and _issued_by(kept, by):
        return kept
    key = ec.generate_private_key(ec.SECP256R1())
    purposes = x509.ExtendedKeyUsage(
        [
            ExtendedKeyUsageOID.SERVER_AUTH,
            ExtendedKeyUsageOID.CLIENT_AUTH,
        ]
    )
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.DNSName("localhost")])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    made = Issued(
        _begun(_named(name), key, now, LEAF_DAYS)
        .issuer_name(by.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(names, critical=False)
        .add_extension(issuer, critical=False)
        .sign(by.key, hashes.SHA256()),
        key,
    )
    made.write(folder, name)
    return made


def _issued_by(one: Issued, by: Issued) -> bool:
    found = one.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    wanted = x509.SubjectKeyIdentifier.from_public_key(by.key.public_key())
    return found.value.key_identifier == wanted.digest


def _begun(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
