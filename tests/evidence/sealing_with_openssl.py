"""A signing key and a time-stamp authority made by openssl alone, as an outsider has them."""

import subprocess
from datetime import datetime

CONFIG = """
[ tsa ]
default_tsa = stamps
[ stamps ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256, sha512
ess_cert_id_alg = sha256
"""
MANIFEST = "tagmanifest-sha256.txt"


def openssl(folder, *command):
    subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)


def authority(folder):
    """Make both in `folder`; gives a seal for a bundle, and what stamps.

    Their certificates are ca.pem and tsa.pem.
    """
    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650")
    openssl(folder, *new, "-subj", "/CN=DEMO signer", "-keyout", "ca.key", "-out", "ca.pem")
    usage = ("-addext", "extendedKeyUsage=critical,timeStamping")
    openssl(folder, *new, "-subj", "/CN=DEMO tsa", *usage, "-keyout", "tsa.key", "-out", "tsa.pem")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")

    def seal(tagmanifest):
        (folder / MANIFEST).write_bytes(tagmanifest)
        sign = ("cms", "-sign", "-binary", "-outform", "DER", "-signer", "ca.pem")
        openssl(folder, *sign, "-inkey", "ca.key", "-in", MANIFEST, "-out", "s.p7s")
        openssl(folder, "ts", "-query", "-data", MANIFEST, "-sha256", "-cert", "-out", "s.tsq")
        reply = ("ts", "-reply", "-config", "tsa.cnf", "-section", "stamps")
        openssl(folder, *reply, "-queryfile", "s.tsq", "-out", "s.tsr")
        files = {"p7s": "s.p7s", "tsr": "s.tsr"}
        return {f"{MANIFEST}.{end}": (folder / name).read_bytes() for end, name in files.items()}

    def stamp(data):
        """An answer over `data`, and the time it says, as anchors.json tells it."""
        (folder / "data").write_bytes(data)
        openssl(folder, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "s.tsq")
        reply = ("ts", "-reply", "-config", "tsa.cnf", "-section", "stamps")
        openssl(folder, *reply, "-queryfile", "s.tsq", "-out", "s.tsr")
        shown = ["openssl", "ts", "-reply", "-in", "s.tsr", "-text"]
        said = subprocess.run(shown, cwd=folder, check=True, capture_output=True, text=True).stdout
        at = next(line.partition(": ")[2] for line in said.splitlines() if "Time stamp" in line)
        moment = datetime.strptime(at.replace("GMT", "+0000"), "%b %d %H:%M:%S %Y %z")
        return (folder / "s.tsr").read_bytes(), moment.isoformat()

    return seal, stamp
