"""What the golden bundles hold: a small test buy with real JPEGs and a real dossier.

`python -m tests.evidence.golden_example FOLDER` writes one in the format of the checkout it is run
from. A golden bundle is never made again: it proves that what was handed over still verifies.
"""

import io
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import typst
from PIL import Image

from evidence import ledger
from evidence.bundle import Bundle, Original, Preview, write
from evidence.digests import sha256_of
from evidence.vault import Vault
from tests.evidence.sample_dossier import picture

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REFERENCE = "TB-2026-000017"
OPERATOR = "OP-0007"


def chain(subject, *facts):
    entries, prev = [], ledger.genesis(subject)
    for seq, each in enumerate(facts, 1):
        entries.append(ledger.link(subject, seq, prev, each, NOW))
        prev = entries[-1].hash
    return tuple(entries)


def small_picture(number, size):
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(number))).resize(size).save(out, "JPEG", quality=70)
    return out.getvalue()


def page(head):
    """One page instead of a dossier, whose typefaces alone weigh more than a golden bundle may."""
    text = f"= {REFERENCE}\nThe head of its ledger is `{head}`."
    return typst.compile(text.encode(), format="pdf", timestamp=int(NOW.timestamp()))


def golden(folder):
    """The bundle's content, its photos put into a vault in `folder`."""
    vault = Vault(folder / "vault")
    originals, previews = [], []
    for number, shot in enumerate(("R01", "I01", "B02")):
        original = vault.put(small_picture(number, (320, 240))).digest
        small = vault.put(small_picture(number, (160, 120))).digest
        if shot != "B02":
            originals.append(Original(shot, original, "image/jpeg"))
        previews.append(Preview(shot, small, original))
    entries = chain(
        REFERENCE,
        {"what": "request", "to": "requested", "version": 1, "by": "analyst"},
        {"what": "verdict sealed", "digest": sha256_of(b"verdict"), "by": "authenticator"},
        {"what": "judge", "to": "judged", "version": 9, "by": "programme"},
    ) + chain(OPERATOR, {"what": "opened"}, {"what": "linked", "basis": "one bank account 账户"})
    return Bundle(
        reference=REFERENCE,
        organisation="Test-buy programme",
        generated_at=NOW,
        vault=vault,
        originals=tuple(originals),
        previews=tuple(previews),
        dossier=page("sha256:" + entries[2].hash.hex()),
        ledger=entries,
        facts={"reference": REFERENCE, "shop": "表店", "conclusion": "counterfeit"},
    )


def main():
    target = Path(sys.argv[1]) / f"{REFERENCE}.zip"
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{write(target, golden(Path(folder)))}\n")


if __name__ == "__main__":
    main()
