"""What the golden bundles hold: a small test buy with real JPEGs and a real dossier.

`python -m tests.evidence.golden_example FOLDER` writes one in the format of the checkout it is run
from. A golden bundle is never made again: it proves that what was handed over still verifies.
"""

import hashlib
import io
import json
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typst
from PIL import Image

from evidence import ledger, starthere
from evidence.bundle import Bundle, Filed, Masked, Original, Preview, write
from evidence.digests import sha256_of
from evidence.vault import Vault
from tests.evidence.sample_dossier import picture, sample

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REFERENCE = "TB-2026-000017"
OPERATOR = "OP-0007"


def chain(subject, *facts):
    entries, prev = [], ledger.genesis(subject)
    for seq, each in enumerate(facts, 1):
        at = NOW - timedelta(days=each.pop("days_back", 0))
        entries.append(ledger.link(subject, seq, prev, each, at))
        prev = entries[-1].hash
    return tuple(entries)


def small_picture(number, size):
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(number))).resize(size).save(out, "JPEG", quality=45)
    return out.getvalue()


def page(head):
    """One page instead of a dossier, whose typefaces alone weigh more than a golden bundle may."""
    text = f"= {REFERENCE}\nThe head of its ledger is `{head}`."
    return typst.compile(text.encode(), format="pdf", timestamp=int(NOW.timestamp()))


def leaf_of(subject, entries, head):
    return json.dumps({"entries": entries, "head": head, "subject": subject})


def tree(leaves):
    """The Merkle root of RFC 6962 and the path of each leaf, by the definition of the RFC."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0].encode()).digest(), [[]]
    cut = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, lefts = tree(leaves[:cut])
    right, rights = tree(leaves[cut:])
    paths = [[*path, right] for path in lefts] + [[*path, left] for path in rights]
    return hashlib.sha256(b"\x01" + left + right).digest(), paths


def anchors(*leaves):
    """data/anchors.json: the proofs of these heads among five others' under one root."""
    others = [leaf_of(f"TB-2026-00010{n}", 4, "sha256:" + f"{n}" * 64) for n in range(5)]
    root, paths = tree([*others, *leaves])
    proofs = [
        {"leaf": leaf, "index": 5 + n, "path": [step.hex() for step in paths[5 + n]]}
        for n, leaf in enumerate(leaves)
    ]
    at, size = NOW.isoformat(), 5 + len(leaves)
    anchor = {"at": at, "root": "sha256:" + root.hex(), "size": size, "proofs": proofs}
    return json.dumps({"anchors": [anchor]}, indent=1).encode()


def anchored(entries):
    heads = {}
    for entry in entries:
        heads[entry.subject] = entry
    return anchors(*(leaf_of(s, e.seq, "sha256:" + e.hash.hex()) for s, e in heads.items()))


def front_page(previews):
    photos = zip(sample().photos, previews, strict=False)
    return sample(photos=tuple(replace(p, digest=each.made_from) for p, each in photos))


def golden(folder, *, days_back=0, seal=None):
    """The bundle's content, its photos put into a vault in `folder`; `days_back`: a clock was."""
    vault = Vault(folder / "vault")
    originals, previews = [], []
    for number, shot in enumerate(("R01", "I01", "B02")):
        original = vault.put(small_picture(number, (160, 120))).digest
        small = vault.put(small_picture(number, (120, 90))).digest
        if shot != "B02":
            originals.append(Original(shot, original, "image/jpeg"))
        previews.append(Preview(shot, small, original))
    verdict = sha256_of(b"verdict")
    photos = [{"what": "photo", "shot": p.shot, "digest": p.made_from} for p in previews]
    entries = chain(
        REFERENCE,
        {"what": "request", "to": "requested", "version": 1, "by": "analyst"},
        *photos,
        {"what": "verdict sealed", "digest": verdict, "by": "authenticator"},
        {"what": "judge", "to": "judged", "version": 9, "by": "programme", "days_back": days_back},
    ) + chain(OPERATOR, {"what": "opened"}, {"what": "linked", "basis": "one bank account 账户"})
    covered = vault.put(small_picture(7, (120, 90))).digest
    video = vault.put(b"\x00\x00\x00\x18ftypmp42 not decoded").digest
    return Bundle(
        reference=REFERENCE,
        organisation="Test-buy programme",
        generated_at=NOW,
        vault=vault,
        originals=tuple(originals),
        previews=tuple(previews),
        dossier=page("sha256:" + entries[5].hash.hex()),
        ledger=entries,
        facts={
            "reference": REFERENCE,
            "shop": "表店",
            "conclusion": "counterfeit",
            "verdicts": [{"exhibit": "AS/1", "verdict": "counterfeit", "digest": verdict}],
        },
        masked=(Masked("B02", covered, previews[2].made_from),),
        statements={"AS-1.pdf": b"%PDF-1.7 a statement"},
        videos=(Filed("U01.mp4", video),),
        captures=(Filed("listing.warc.gz", vault.put(b"WARC/1.1 kept as it came").digest),),
        disclosure={"testbuys": [REFERENCE], "remarks": []},
        anchors=anchored(entries),
        sealed_bag=b"encrypted",
        front=lambda index: starthere.render([front_page(previews)], index, starthere.ENGLISH),
        seal=seal,
    )


def main():
    target = Path(sys.argv[1]) / f"{REFERENCE}.zip"
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{write(target, golden(Path(folder)))}\n")


if __name__ == "__main__":
    main()
