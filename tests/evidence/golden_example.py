"""What the golden bundles hold: a small test buy with real JPEGs and a real dossier.

`python -m tests.evidence.golden_example FOLDER` writes one in the format of the checkout it is run
from. A golden bundle is never made again: it proves that what was handed over still verifies.
"""

import base64
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
from evidence.bundle import Bundle, Filed, Masked, Original, Preview, Withheld, write
from evidence.digests import salted, sha256_of
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
    named = f'#set document(keywords: ("{REFERENCE} {head}",))'
    text = f"{named}\n= {REFERENCE}\nThe head of its ledger is `{head}`."
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


def anchors(*leaves, stamp=None):
    """data/anchors.json: the proofs of these heads among five others' under one root.

    `stamp` gives an authority's answer (DER) and its time for the anchor's statement.
    """
    others = [leaf_of(f"TB-2026-00010{n}", 4, "sha256:" + f"{n}" * 64) for n in range(5)]
    root, paths = tree([*others, *leaves])
    proofs = [
        {"leaf": leaf, "index": 5 + n, "path": [step.hex() for step in paths[5 + n]]}
        for n, leaf in enumerate(leaves)
    ]
    told = {"at": NOW.isoformat(), "root": "sha256:" + root.hex(), "size": 5 + len(leaves)}
    statement = json.dumps(told, separators=(",", ":"), sort_keys=True)
    anchor = {**told, "statement": statement, "stamp": None, "proofs": proofs}
    if stamp:
        answer, at = stamp(statement.encode())
        anchor |= {"stamp": base64.b64encode(answer).decode(), "stamped_at": at}
    return json.dumps({"anchors": [anchor]}, indent=1).encode()


def anchored(entries, stamp=None):
    heads = {}
    for entry in entries:
        heads[entry.subject] = entry
    leaves = [leaf_of(s, e.seq, "sha256:" + e.hash.hex()) for s, e in heads.items()]
    return anchors(*leaves, stamp=stamp)


def front_page(previews):
    photos = zip(sample().photos, previews, strict=False)
    return sample(photos=tuple(replace(p, digest=each.made_from) for p, each in photos))


CHAT = (
    (1, "buyer", "有货吗？", "Is it in stock?"),
    (2, "seller", "正品，假一赔十", "Genuine; tenfold refund if fake"),
    (3, "buyer", "寄到███", "Send it to ███"),
)
"""The third names the buyer's address, which is covered: its salt is not given."""


def golden(folder, *, days_back=0, seal=None, stamp=None):
    """The bundle's content, its photos put into a vault in `folder`; `days_back`: a clock was.

    `seal` signs the bundle, `stamp` stamps its anchor.
    """
    vault = Vault(folder / "vault")
    originals, previews = [], []
    for number, shot in enumerate(("R01", "I01", "B02")):
        original = vault.put(small_picture(number, (160, 120))).digest
        small = vault.put(small_picture(number, (120, 90))).digest
        if shot != "B02":
            originals.append(Original(shot, original, "image/jpeg"))
        previews.append(Preview(shot, small, original))
    verdict = sha256_of(b"verdict")
    # In pieces, as a long film lies in the vault.
    film = b"\x00\x00\x00\x18ftypmp42 not decoded " * 40
    video = vault.put_in_pieces(io.BytesIO(film), limit=10_000, piece=500).digest
    warc = vault.put(b"WARC/1.1 kept as it came").digest
    picture_of_page = vault.put(small_picture(9, (90, 120))).digest
    document, certificate = (vault.put(b"%PDF-1.7 " + each).digest for each in (b"D", b"notary"))
    inside = [("U01", video), ("D01", document)]
    photos = [{"what": "photo", "shot": p.shot, "digest": p.made_from} for p in previews]
    photos += [{"what": "photo", "shot": shot, "digest": digest} for shot, digest in inside]
    salts = {number: bytes([number]) * 32 for number, *_ in CHAT}
    told = {3: ("寄到田贝四路12号", "Send it to 12 Tianbei 4th Road")}
    chat = [_message(*each, salts, told) for each in CHAT]
    messages = [
        {
            "what": "chat message recorded",
            "message": each["message"],
            "from": each["from"],
            "text": each["commitment"],
        }
        for each in chat
    ] + [
        {
            "what": "chat message translated",
            "message": each["message"],
            "text": each["translations"][0]["commitment"],
        }
        for each in chat
    ]
    entries = chain(
        REFERENCE,
        {"what": "request", "to": "requested", "version": 1, "by": "analyst"},
        *(each | {"accepted": True} for each in photos),
        {"what": "verdict sealed", "digest": verdict, "by": "authenticator"},
        {"what": "page captured", "capture": 1, "warc": warc, "picture": picture_of_page},
        {"what": "notary certificate", "certificate": 1, "digest": certificate},
        *messages,
        {"what": "judge", "to": "judged", "version": 9, "by": "programme", "days_back": days_back},
    ) + chain(OPERATOR, {"what": "opened"}, {"what": "linked", "basis": "one bank account 账户"})
    covered = vault.put(small_picture(7, (120, 90))).digest
    head = next(each for each in reversed(entries) if each.subject == REFERENCE)
    told_here = [{"testbuy": REFERENCE, "messages": chat}]
    withheld = (
        Withheld(
            "photo", previews[2].made_from, "it names a place", REFERENCE, "B02", "B02-a.jpg",
            "masked copy",
        ),
        Withheld("chat", sha256_of(b"whole"), "the account is covered", REFERENCE),
    )  # fmt: skip
    return Bundle(
        reference=REFERENCE,
        organisation="Test-buy programme",
        generated_at=NOW,
        vault=vault,
        originals=tuple(originals),
        previews=tuple(previews),
        dossier=page("sha256:" + head.hash.hex()),
        ledger=entries,
        facts={
            "reference": REFERENCE,
            "shop": "表店",
            "conclusion": "counterfeit",
            "verdicts": [{"exhibit": "AS/1", "verdict": "counterfeit", "digest": verdict}],
        },
        masked=(Masked("B02", covered, previews[2].made_from),),
        statements={"AS-1.pdf": b"%PDF-1.7 a statement"},
        papers=(Filed("D01.pdf", document, "D01"),),
        videos=(Filed("U01.mp4", video, "U01"),),
        captures=(Filed("listing.warc.gz", warc), Filed("listing.png", picture_of_page)),
        certificates=(Filed("certificate-1.pdf", certificate),),
        chat={"testbuys": told_here},
        withheld=withheld,
        disclosure={"title": "Disclosure schedule", "lines": []},
        anchors=anchored(entries, stamp),
        sealed_bag=b"encrypted",
        front=lambda index: starthere.render(
            [front_page(previews)], index, starthere.ENGLISH, chat=told_here, withheld=withheld
        ),
        seal=seal,
    )


def _message(number, by, text, translation, salts, told):
    whole = told.get(number, (text, translation))
    salt = salts[number]
    return {
        "message": number,
        "from": by,
        "language": "zh",
        "said_at": NOW.isoformat(),
        "text": text,
        "commitment": salted(whole[0], salt),
        "salt": None if number in told else salt.hex(),
        "translations": [
            {
                "language": "en",
                "text": translation,
                "translator": "Li Na",
                "commitment": salted(whole[1], salt),
            }
        ],
        "warnings": [],
    }


def main():
    target = Path(sys.argv[1]) / f"{REFERENCE}.zip"
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{write(target, golden(Path(folder)))}\n")


if __name__ == "__main__":
    main()
