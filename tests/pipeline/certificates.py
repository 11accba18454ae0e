"""Certificates of a test authority, made with the `openssl` program."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING, Final

from tests.conftest import missing

if TYPE_CHECKING:
    from pathlib import Path

CONFIG: Final = """\
[req]
distinguished_name = req
[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
subjectAltName = $ENV::NAMES
authorityKeyIdentifier = keyid
"""
NEW_KEY: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Signs servers' certificates. `file` is what a client trusts it by."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            missing("openssl")
        folder.mkdir()
        self._folder = folder
        self.file = folder / "ca.pem"
        (folder / "openssl.cnf").write_text(CONFIG)
        (folder / "index").touch()
        self._openssl(
            "req", "-x509", *NEW_KEY, "-days", "3650", "-subj", "/CN=Authority of a test",
            "-extensions", "authority", "-keyout", "ca.key", "-out", "ca.pem",
        )  # fmt: skip

    def server(
        self, name: str, names: str, *, begin: str = "20200101", end: str = "20991231"
    ) -> ssl.SSLContext:
        """Return what a server needs to show a certificate for `names`, valid in those days."""
        key, request, certificate = (f"{name}.{suffix}" for suffix in ("key", "csr", "pem"))
        self._openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self._openssl(
            "ca", "-batch", "-notext", "-extensions", "server", "-cert", "ca.pem",
            "-keyfile", "ca.key", "-startdate", f"{begin}000000Z", "-enddate", f"{end}000000Z",
            "-in", request, "-out", certificate, names=names,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / certificate, self._folder / key)
        return context

    def _openssl(self, command: str, *arguments: str, names: str = "DNS:unused") -> None:
        subprocess.run(
            ["openssl", command, "-config", "openssl.cnf", *arguments],
            cwd=self._folder,
            env={"NAMES": names},
            check=True,
            capture_output=True,
        )
