"""A package in the hands of whoever got it: unpacked and checked by tools that are not ours."""

import subprocess
import sys
import zipfile
from pathlib import Path


def text_of(pdftotext: str, pdf: Path) -> str:
    """What a PDF says, its white space squeezed."""
    said = subprocess.run([pdftotext, "-layout", pdf, "-"], capture_output=True, check=True)
    return " ".join(said.stdout.decode().split())


def unpack(package: Path, folder: Path) -> Path:
    """The one folder that a package holds, under `folder`."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    (bag,) = folder.iterdir()
    return bag


def judge(package: Path, bag: Path, roots: Path) -> None:
    """Everything that VERIFY.txt tells the reader to do, by the package's own program and by
    sha256sum, sha512sum and openssl; `roots` are the time-stamp authority's certificates.
    """
    command = [sys.executable, "-I", "verify.py", package, "--tsa-ca", roots, "--lang", "en"]
    own = subprocess.run(command, cwd=bag, capture_output=True, text=True, timeout=60)
    assert own.returncode == 0, own.stdout
    for sums in ("sha256", "sha512"):
        judged = [f"{sums}sum", "--quiet", "-c", f"manifest-{sums}.txt"]
        said = subprocess.run(judged, cwd=bag, capture_output=True, text=True)
        assert said.returncode == 0, said.stdout
    signed, seals = "tagmanifest-sha256.txt", Path("signatures")
    signature, stamp = seals / f"{signed}.p7s", seals / f"{signed}.tsr"
    for words, verdict in (
        (
            ["cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", signed,
             "-CAfile", seals / "signer.pem", "-purpose", "any", "-out", "/dev/null"],
            "CMS Verification successful",
        ),
        (["ts", "-verify", "-data", signed, "-in", stamp, "-CAfile", roots], "Verification: OK"),
    ):  # fmt: skip
        asked = ["openssl", *words]
        said = subprocess.run(asked, cwd=bag, capture_output=True, text=True)
        assert verdict in said.stdout + said.stderr, said.stderr
