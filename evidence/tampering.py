"""Every kind of tampering we know, and which check catches it: the table that people are shown.

Owns the rows. `testbuy tamper-table` prints them, and tests make each change for real: exactly the
checks named here report it, and without those nobody does. Leaves the checks to `verify` (bundles)
and to casework (database and vault).
"""

from dataclasses import dataclass

TAGS = "The tag files are as listed"
SHA256 = "Every payload file has its SHA-256"
SHA512 = "Every payload file has its SHA-512"
COMPLETE = "Nothing was added, nothing is missing"
OXUM = "Size and number of files are as declared"
CHAINS = "The ledger's chains hold"
INDEX = "The index agrees with the files"
CLOCK = "Times in the ledger run forwards"
NOTED = "Photos and verdicts are those the ledger noted"
FILED = "Films, captures and certificates are those the ledger noted"
CHAT = "The chat is whole, as the ledger noted it"
NAMED = "All that the ledger noted is here or named as withheld"
ANCHORS = "The anchors' proofs hold"
ROOTS = "The anchors' stamps are of their roots"
DOSSIER = "The dossier names the heads of these ledgers"
SIGNATURE = "The signature is over this bundle"
STAMP = "The time stamp is of this bundle"
UNREADABLE = "It can be opened as a zip (exit status 2)"

FILES = "Every file is in the vault as it was received"
ROWS_NOTED = "Every photo is one the ledger noted, and none is gone"
VERDICTS = "Every verdict is as it was sealed"
SAID = "Every message of the chat is one the ledger noted, and none is gone"
KEPT = "Every capture and certificate is one the ledger noted, and none is gone"
MOVES = "Every move is as the ledger has it"
CODES = "Every code on the goods is as it was recorded"
ANCHORED = "Every anchored head is still in its ledger"
TRIGGERS = "Every protected table has its triggers"

_SUMS = (SHA256, SHA512, INDEX)


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change, made `where` (bundle or database), and the checks that report it.

    `forged`: the forger made all manifests, sums and the index anew afterwards.
    """

    key: str
    what: str
    where: str
    caught_by: tuple[str, ...]
    forged: bool = False


BUNDLE, DATABASE = "bundle", "database"

CHANGES = (
    Change("bit_photo", "a bit in a photo", BUNDLE, _SUMS),
    Change("bit_preview", "a bit in a preview", BUNDLE, _SUMS),
    Change("bit_dossier", "a bit in the dossier", BUNDLE, _SUMS),
    Change("bit_film", "a bit in a film", BUNDLE, _SUMS),
    Change("bit_capture", "a bit in a capture", BUNDLE, _SUMS),
    Change("bit_certificate", "a bit in a notary's certificate", BUNDLE, _SUMS),
    Change("bit_chat", "a bit in the chat", BUNDLE, (*_SUMS, CHAT)),
    Change("bit_facts", "a bit in testbuy.json", BUNDLE, _SUMS),
    Change("bit_ledger", "a bit in the ledger", BUNDLE, (*_SUMS, CHAINS)),
    Change("bit_proof", "a bit in an inclusion proof", BUNDLE, (*_SUMS, ANCHORS)),
    Change("bit_index", "a bit in the index", BUNDLE, (SHA256, SHA512)),
    Change("bit_manifest", "a bit in a manifest", BUNDLE, (TAGS, SHA256)),
    Change("bit_manual", "a bit in VERIFY.txt", BUNDLE, (TAGS,)),
    Change("bit_front", "a bit in START-HERE.html", BUNDLE, (TAGS,)),
    Change("bit_program", "a bit in verify.py", BUNDLE, (TAGS,)),
    Change("bit_tagmanifest", "a bit in the tag manifest", BUNDLE, (TAGS, SIGNATURE, STAMP)),
    Change("bit_signature", "a bit in the signature", BUNDLE, (SIGNATURE,)),
    Change("bit_stamp", "a bit in the time stamp", BUNDLE, (STAMP,)),
    Change("added", "a file added", BUNDLE, (COMPLETE, OXUM, INDEX)),
    Change("removed", "a file removed", BUNDLE, (*_SUMS, COMPLETE, OXUM)),
    Change("renamed", "a file renamed", BUNDLE, (*_SUMS, COMPLETE)),
    Change("signature_gone", "the signature removed", BUNDLE, (SIGNATURE,)),
    Change("resealed", "a fact changed, all made anew", BUNDLE, (SIGNATURE, STAMP), forged=True),
    Change("truncated", "the zip cut off", BUNDLE, (UNREADABLE,)),
    Change("swapped", "two ledger rows swapped", BUNDLE, (CHAINS,), forged=True),
    Change("dropped", "a ledger row dropped", BUNDLE, (CHAINS, ANCHORS), forged=True),
    Change(
        "inserted",
        "a ledger row inserted, the chain recomputed",
        BUNDLE,
        (ANCHORS, DOSSIER),
        forged=True,
    ),
    Change("verdict_facts", "another verdict told", BUNDLE, (NOTED,), forged=True),
    Change(
        "photo_replaced", "a photo replaced with its digest", BUNDLE, (NOTED, NAMED), forged=True
    ),
    Change("film_replaced", "a film replaced", BUNDLE, (FILED, NAMED), forged=True),
    Change("film_left_out", "a film left out", BUNDLE, (NAMED,), forged=True),
    Change("capture_replaced", "a capture replaced", BUNDLE, (FILED, NAMED), forged=True),
    Change("certificate_replaced", "a certificate replaced", BUNDLE, (FILED, NAMED), forged=True),
    Change("withheld_dropped", "what is withheld named no more", BUNDLE, (NAMED,), forged=True),
    Change("chat_dropped", "a chat line dropped", BUNDLE, (CHAT,), forged=True),
    Change("chat_changed", "a chat line changed", BUNDLE, (CHAT,), forged=True),
    Change("chat_added", "a chat line added", BUNDLE, (CHAT,), forged=True),
    Change("translation_dropped", "a translation dropped", BUNDLE, (CHAT,), forged=True),
    Change("stamp_of_another", "the stamp of another root", BUNDLE, (ROOTS,), forged=True),
    Change("dossier_of_another", "a dossier of another ledger", BUNDLE, (DOSSIER,), forged=True),
    Change("clock_back", "a clock set back", BUNDLE, (CLOCK,)),
    Change("stale_anchor", "an anchor of an older head", BUNDLE, (ANCHORS,), forged=True),
    Change("db_verdict", "a verdict edited in the database", DATABASE, (VERDICTS,)),
    Change("db_photo", "a photo replaced with its digest", DATABASE, (ROWS_NOTED,)),
    Change("db_photo_gone", "a photo's row removed", DATABASE, (ROWS_NOTED,)),
    Change("db_move", "a recorded move edited", DATABASE, (MOVES,)),
    Change("db_code", "a code on the goods edited", DATABASE, (CODES,)),
    Change("db_trigger", "a trigger dropped", DATABASE, (TRIGGERS,)),
    Change("db_clock_back", "a clock set back", DATABASE, (CLOCK,)),
    Change("db_swapped", "two ledger rows swapped", DATABASE, (CHAINS,)),
    Change("db_dropped", "a ledger row dropped", DATABASE, (CHAINS, MOVES)),
    Change("db_inserted", "a move inserted, the chain recomputed", DATABASE, (MOVES,)),
    Change("db_rewritten", "a ledger rewritten whole", DATABASE, (ANCHORED,)),
    Change("db_stale_anchor", "a stale anchor put back", DATABASE, (ANCHORED,)),
    Change("vault_bit", "a bit in a file of the vault", DATABASE, (FILES,)),
    Change("film_piece_bit", "a bit in a piece of a film", DATABASE, (FILES,)),
    Change("film_piece_gone", "a piece of a film removed", DATABASE, (FILES,)),
    Change("db_chat_dropped", "a chat line dropped", DATABASE, (SAID,)),
    Change("db_chat_edited", "a chat line edited", DATABASE, (SAID,)),
    Change("db_capture", "a capture replaced with its digest", DATABASE, (KEPT,)),
    Change("db_certificate_gone", "a certificate's row removed", DATABASE, (KEPT,)),
    Change("db_check_turned", "a certificate's check turned into praise", DATABASE, (KEPT,)),
    Change("db_check_pretended", "a certificate put by unchecked", DATABASE, (KEPT,)),
    Change("capture_bit", "a bit in a capture", DATABASE, (FILES,)),
    Change("vault_gone", "a file of the vault removed", DATABASE, (FILES,)),
)
