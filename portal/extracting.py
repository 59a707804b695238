"""Finding every sentence for people in the programme's own source, as the catalogue lists them.

A sentence is written where it arises, in English, with the facts put in (`f"There is no kit
{number}."`). Here it is read off the syntax tree, a place `{0}`, `{1}` … for each fact; where a
place holds one of two fixed words (`{"s" if many else ""}`) there are two sentences. Owns where is
looked, what counts as a sentence, and what is left out with the reason. Leaves the Chinese to
`portal/locale` and the telling to `portal.sentences`.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from rules.shots import SHOTS

ROOT = Path(__file__).parents[1]
PLACES = ("rules", "casework", "portal")
"""Folders that are read whole: what they say reaches a page."""
FILES = (
    "storage/session.py", "storage/keeping.py",
    "evidence/bag.py", "evidence/bundle.py", "evidence/challenge.py", "evidence/decoding.py",
    "evidence/envelope.py", "evidence/heic.py", "evidence/labels.py", "evidence/ledger.py",
    "evidence/masking.py", "evidence/media.py", "evidence/photos.py", "evidence/scanning.py",
    "evidence/signatures.py",
    "evidence/timestamps.py", "evidence/typesetting.py", "evidence/vault.py",
    "evidence/words.py", "connectors/agency.py", "connectors/http.py",
)  # fmt: skip
"""Files of other folders whose refusals a page shows."""
NOT_ON_PAGES = {
    "portal/api/described.py": "the API's document, which is English",
    "portal/api/examinations.py": "the API's document, which is English",
    "portal/api/exhibits.py": "the API's document, which is English",
    "portal/api/flags.py": "the API's document, which is English",
    "portal/api/keys.py": "the API's document, which is English",
    "portal/api/models.py": "the API's document, which is English",
    "portal/api/reading.py": "the API's document, which is English",
    "portal/api/referrals.py": "the API's document, which is English",
    "portal/api/shown.py": "the API's document, which is English",
    "portal/api/testbuys.py": "the API's document, which is English",
    "portal/api/verdicts.py": "the API's document, which is English",
    "portal/api/webhooks.py": "the API's document, which is English",
    "casework/programme/bootstrap.py": "a command's",
    "casework/record/keys.py": "a command's",
    "casework/record/looks.py": "the verifying command's",
    "casework/clock/anchoring.py": "the verifying command's",
    "casework/record/beside.py": "the verifying command's",
    "casework/auditing/verifying.py": "the verifying command's",
    "casework/clock/summaries.py": "the control room's",
    "casework/verdicts/statements.py": "inside a PDF",
    "casework/papers/dossiers.py": "inside a PDF",
    "casework/record/disclosing.py": "told by the dossier's own words",
    "casework/papers/remarking.py": "told by the dossier's own words",
    "casework/papers/printing.py": "told by the dossier's own words",
    "casework/shots/shotlists.py": "a command's",
    "rules/deadlines.py": "the control room's and a command's",
    "rules/thresholds.py": "told by the dossier's own words",
    "portal/__main__.py": "a command's",
    "portal/extracting.py": "a command's",
    "portal/catalogues.py": "a command's",
    "portal/app.py": "stops the start",
    "portal/english.py": "what English says alone",
    "portal/sentences.py": "a mistake in our own texts",
    "evidence/words.py": "a mistake in our own texts",
}
"""Modules whose sentences no page shows, and who shows them instead."""

COMPOSED = {
    "The ledger's chains hold": "casework/record/looks.py",
    "Times in the ledger run forwards": "casework/record/looks.py",
    "Every file is in the vault as it was received": "casework/record/looks.py",
    "Every photo is one the ledger noted, and none is gone": "casework/record/looks.py",
    "Every verdict is as it was sealed": "casework/record/looks.py",
    "Every move is as the ledger has it": "casework/record/looks.py",
    "Every code on the goods is as it was recorded": "casework/record/looks.py",
    "Every message of the chat is one the ledger noted, and none is gone": (
        "casework/record/beside.py"
    ),
    "Every capture and certificate is one the ledger noted, and none is gone": (
        "casework/record/beside.py"
    ),
    "Every anchored head is still in its ledger": "casework/auditing/verifying.py",
    "Every protected table has its triggers": "casework/auditing/verifying.py",
    "Every file in the vault has its digest": "casework/auditing/verifying.py",
    "public material, read as excerpts": "rules/thresholds.py",
    "plausible, not checked": "rules/thresholds.py",
    "plausible, not checked, older rule": "rules/thresholds.py",
    "public material, read as excerpts, kept in the 2025 interpretation plausible, not checked": (
        "rules/thresholds.py"
    ),
    "public material, read as excerpts/plausible, not checked": "rules/thresholds.py",
    "kept; no authority is named here that says whether it holds": "casework/views/captures.py",
    "{0} ledger entries.": "casework/auditing/verifying.py",
    "1 ledger entry.": "casework/auditing/verifying.py",
    "{0} tables.": "casework/auditing/verifying.py",
    "{0} anchors.": "casework/auditing/verifying.py",
    "{0} anchors, their stamps unread: no authority is named.": "casework/auditing/verifying.py",
    "Your verdict in examination {0} was not sealed.": "casework/verdicts/pending.py",
    "campaign {0}": "rules/authorisation.py",
    "nobody has concluded on it": "rules/disposal.py",
    "it is {0}": "rules/disposal.py",
    "Unknown.": "rules/retention.py",
    "The test buy ended on {0}.": "rules/retention.py",
    "What {0} led to ended on {1}.": "rules/retention.py",
    "The claim {0} ended on {1}.": "rules/retention.py",
    "The review after a superseded verdict ended on {0}.": "rules/retention.py",
    "{0} held {1} at {2}, since {3}, seal {4}.": "rules/custody.py",
    "{0} held {1} at {2}, since {3}, seal {4}, tracking number {5}.": "rules/custody.py",
    "{0} ({1})": "rules/holders.py",
    " in {0}": "rules/assignment.py",
    "No buyer with a fit persona is to be had now.": "rules/assignment.py",
    "The agency accepted {0}.": "casework/referring/answering.py",
    "The agency declined {0}.": "casework/referring/answering.py",
    "The agency accepted {0}: {1}.": "casework/referring/answering.py",
    "The agency declined {0}: {1}.": "casework/referring/answering.py",
    "Kit {0} is with somebody already, who confirmed it.": "casework/custody/kits.py",
    "Kit {0} is with somebody already. Withdraw that first.": "casework/custody/kits.py",
    "{0} ({1}) rested on a verdict that was superseded. It was given to {2}: look into it and try "
    "to get it back.": "casework/keeping/assets.py",
    "{0} ({1}) rested on a verdict that was superseded. Take it back into evidence, from its "
    "exhibit's page.": "casework/keeping/assets.py",
    "{0} still holds {1}. Move them to another place first.": "casework/custody/placing.py",
    "{0} still holds {1} and {2} more. Move them to another place first.": (
        "casework/custody/placing.py"
    ),
    "the proceedings after {0} have ended and that is recorded": "casework/keeping/retaining.py",
    "the claim {0} has ended": "casework/keeping/retaining.py",
    "the review after a superseded verdict is decided": "casework/keeping/retaining.py",
    "the agency has decided on {0}": "casework/keeping/retaining.py",
    "nobody can object to {0} any more, and no appeal is open": "casework/outcomes/sanctions.py",
    "found at a raid": "casework/raiding/found.py",
    "a person's word": "casework/raiding/found.py",
    "the case the programme is modelled on": "rules/pleading.py",
    "the documents the programme was made from": "rules/pleading.py",
    "legal hold {0}": "storage/keeping.py",
    "open proceedings ({0})": "storage/keeping.py",
    "Legal hold {0} on {1} stands, placed by {2} on {3}: {4}. Have it lifted first.": (
        "rules/disposal.py"
    ),
    "The test buy is {0}; to {1} it must be {2}.": "rules/lifecycle.py",
    "The test buy does not exist yet; to {0} it must be {1}.": "rules/lifecycle.py",
    "The test buy is {0}; it was requested already.": "rules/lifecycle.py",
    "any {0}": "casework/views/places.py",
    "agreed by {0}": "casework/views/overrides.py",
    "nobody has agreed yet": "casework/views/overrides.py",
    "The authority did not grant the stamp ({0}).": "evidence/timestamps.py",
    "seal intact": "casework/custody/sides.py",
    "complete, unopened": "casework/custody/kits.py",
    "to be examined": "portal/fields.py",
    "this programme's own list, not checked by counsel": "rules/conduct.py",
    "the programme's own rule: evidence is kept over 3 years": "rules/retention.py",
    "has none": "evidence/timestamps.py",
    "has another one": "evidence/timestamps.py",
    "carrier's answer": "casework/operators/waybills.py",
    "metadata of a seller's picture": "rules/pictures.py",
}
"""What is put together of several pieces, as it reads then, and where; written down by hand."""

NOT_TOLD = {
    "{0}:flag was wrong": "the key of a notice",
    "{0}:grey market": "the key of a notice",
    "{0}:{1}:not sealed": "the key of a notice",
    "Your verdict in examination {0} was not sealed. ": "composed",
    "A verdict on it is being sealed. ": "composed",
    "This can't be asked for at this moment. ": "composed",
    "{0}; to {1} it must be {2}.": "composed",
    "{0}; it was requested already.": "composed",
    "The test buy is {0}": "composed",
    "The test buy does not exist yet": "composed",
    "{0} held {1} at {2}, since {3}{4}.": "composed",
    "The agency {0} {1}": "composed",
    "Kit {0} is with somebody already": "composed",
    ", who confirmed it.": "composed",
    ". Withdraw that first.": "composed",
    "{0} ({1}) rested on a verdict that was superseded. ": "composed",
    "It was given to {0}: look into it and try to get it back.": "composed",
    "Take it back into evidence, from its exhibit's page.": "composed",
    "{0} still holds {1}{2}. Move them to another place first.": "composed",
    "{0} is decided": "composed",
    "The authority did not grant the stamp ({0}{1}).": "composed",
    "{0} or {1}": "a list of words",
    "{0} to {1}": "two numbers",
    "This is a {0}, and {1} is {2}.": "told by the dossier's own words, one for each kind",
    "Another run has taken over the {0}; this one stops.": "a flow run's",
    "{0} seconds": "portal.wording has its own",
    "{0} second": "portal.wording has its own",
    "{0} kB": "the same in every language",
}
"""Pieces and others that the catalogue need not have, and why."""

_TWO_WORDS = re.compile(r"[A-Za-z’']{2,} [a-z\0(]|\0 [a-z]|[a-z] \0|^[A-Z][a-z]+\.$|^\0, .*\.$")
_NO_SENTENCE = re.compile(
    r"^[a-z-]+/|<svg|<text|looks alike|^Bearer|SELECT |^testbuy |^PRAGMA |^multipart|^default-src"
)


def sentences() -> dict[str, list[str]]:
    """Each sentence with the places it stands at (file and line), in their order."""
    found = {said: [place] for said, place in COMPOSED.items()}
    titles = {shot.title for shot in SHOTS.values()}
    for path in _modules():
        name = path.relative_to(ROOT).as_posix()
        for node, text in _texts_of(ast.parse(path.read_text("utf-8"), name)):
            # A shot's title is a term of the dossier, under its code.
            said = numbered(text)
            if text not in titles and said not in NOT_TOLD and _is_sentence(text):
                found.setdefault(said, []).append(f"{name}:{node.lineno}")
    return found


def numbered(text: str) -> str:
    """`text` with a number in each of its places."""
    parts = text.split("\0")
    return "".join(part if at == 0 else f"{{{at - 1}}}{part}" for at, part in enumerate(parts))


def _modules() -> Iterator[Path]:
    for folder in PLACES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.relative_to(ROOT).as_posix() not in NOT_ON_PAGES:
                yield path
    yield from (ROOT / name for name in FILES if name not in NOT_ON_PAGES)


def _is_sentence(text: str) -> bool:
    if not _TWO_WORDS.search(text) or _NO_SENTENCE.search(text):
        return False
    begins = text[0].isupper() or text[0] in "\0“"
    return begins or (text.endswith(".") and text.count(" ") > 1)


def _texts_of(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        # What only stands there is a docstring.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(node.value)
        if node in inside or not isinstance(node, ast.expr):
            continue
        texts = _variants(node)
        if texts:
            inside.update(ast.walk(node))
            yield from ((node, text) for text in texts)


def _variants(node: ast.expr) -> list[str]:
    """What a piece of source may say, NUL for each fact; empty where it is no text."""
    match node:
        case ast.Constant(value=str(said)):
            return [said]
        case ast.JoinedStr(values=parts):
            each = [_part(part) for part in parts]
            return ["".join(chosen) for chosen in product(*each)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _variants(left), _variants(right)
            return [a + b for a in first for b in second]
        case _:
            return []


def _part(node: ast.expr) -> list[str]:
    if isinstance(node, ast.FormattedValue):
        if isinstance(node.value, ast.IfExp):
            either = [_variants(node.value.body), _variants(node.value.orelse)]
            return [text for texts in either for text in (texts or ["\0"])]
        return ["\0"]
    return _variants(node)
