"""A time-stamp authority: openssl's own, set up as an operator would."""

import subprocess
from pathlib import Path

_NAME = "/OU=DEMONSTRATION ONLY - NOT EVIDENCE/CN=Demo time-stamp "

_CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamping]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
{chain}
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
other_policies = 1.3.6.1.4.1.99999.2
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """Keys and configuration in `folder`; `whole_chain` puts two certificates into each answer,
    in the order openssl writes, which strict readers refuse.
    """

    def __init__(self, folder: Path, *, whole_chain: bool = False) -> None:
        self.folder = folder
        # Made before: a restart keeps the keys.
        if (folder / "tsa.pem").exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        chain = "certs = ca.pem" if whole_chain else ""
        (folder / "tsa.cnf").write_text(_CONFIG.replace("{chain}", chain))
        (folder / "serial").write_text("01\n")
        new, out = ("-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf"), ("-days", "3650")
        root, own = (f"{_NAME}{who}" for who in ("root", "authority"))
        self._ran("req", "-x509", *new, *out, "-keyout", "ca.key", "-out", "ca.pem",
                  "-subj", root, "-extensions", "ca")  # fmt: skip
        self._ran("req", "-new", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", own)
        self._ran("x509", "-req", *out, "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "stamping",
                  "-out", "tsa.pem")  # fmt: skip

    def answer(self, query: bytes) -> bytes:
        """The response (DER) to a request (DER)."""
        (self.folder / "query.tsq").write_bytes(query)
        self._ran("ts", "-reply", "-config", "tsa.cnf", "-section", "tsa", "-queryfile",
                  "query.tsq", "-out", "answer.tsr")  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()

    @property
    def root(self) -> bytes:
        """The root's certificate, PEM."""
        return (self.folder / "ca.pem").read_bytes()

    def _ran(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)
