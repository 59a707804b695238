"""What is left in English on a Chinese page: words of a text or label that Chinese has no use for.

Reads what a person sees or hears: texts, and the attributes that are shown or read aloud. Leaves
out what is code (`<code>`, `.mono`, `.ref`) and what a person writes (`<textarea>`, and whatever
names the language it is in). Names and what the people of the tests' world typed are in NAMES.
"""

import json
import re
from html.parser import HTMLParser

ALOUD = ("alt", "aria-label", "title", "placeholder", "label")
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
UNSEEN = {"script", "style", "code", "kbd", "textarea", "pre", "samp"}
WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*[a-z][A-Za-z’'-]*")


NAMES = re.compile(
    "|".join(
        (
            # digests and other codes, addresses, places for what a script puts in
            r"sha256:\w+(?:\.\.\.)?", r"\b[0-9a-f]{12}\b", r"\b[a-z2-7]{22,26}\b",
            r"https?://\S*", r"[\w.]+@(?:example\.org)?", r"example\.org", r"\{\w+\}",
            # what the drawing of an order confirmation bears
            r"No\. 8812",
            # techniques, formats, languages, keys
            r"\b(?:Webhooks?|OpenAPI|Prefect|flag_id|zip|csv|tsr|MB|kB|en|zh|English)\b",
            r"\b(?:Shift|Delete|Enter|Esc|Ctrl)\b",
            # what people typed of an operator
            r"1 Renmin Road South, (?:Luohu|…)", r"Chat of 1 November", r"Business register",
            r"Chen Hao", r"chen_trading", r"WeChat", r"^Chat(?=，)", r"(?:^|(?<=：))Chen$",
            # who and what there is
            r"\b(?:Person|Other|Third) [A-Z]\w+", r"\bBoth\b", r"A\. Person", r"Li Na", r"Chen Wei",
            r"Swarovski(?: AG)?", r"Royal Canin(?: AG)?", r"Chen trading", r"Fengxian police",
            r"(?:Thing from )?Glitter Harbour(?: \d)?", r"Little Paws Pantry(?: \d)?",
            r"Lucky Corner \d", r"Crystal watch(?: rose gold)?(?: \d+)?", r"Cat food \d",
            r"Crystal winter", r"Watches before New Year", r"[Tt]aobao", r"\bvision\b",
            r"[Ss]helf \d", r"Store A", r"room \d", r"lotus-\d", r"12 Garden Road, Shanghai",
            # what they typed
            r"Confirm the suspicion", r"Confirm what buyers complain about", r"the office",
            r"Not needed any more", r"The court asked", r"Same phone number", r"The purchase",
            r"The edges are rough and the mark is misplaced\.", r"Rough edges\.", r"None\.",
            r"As it should be\.", r"So no dupe\?", r"\bdupe\b", r"price far below market",
            r"Luohu Notary", r"People's court of Fengxian, file", r"Price list 2026",
            r"The procurator asks who bought it\.", r"Counsel, 2026", r"\bcounsel\b",
            r"\b(?:one|two)\b",
            # a raid and what its sources say
            r"\bpieces\b", r"Seizure list(?: 2016-88)?", r"City evening paper", r"\bWatches\b",
            r"Counterfeit seals", r"Two figures were turned round\.", r"It is signed by both\.",
            r"authority of 1 March", r"12 Dongmen Road, Luohu", r"Flat 1203, 8 Cuizhu Road, Luohu",
            r"Luohu police", r"Liu Yi", r"Zhao Min", r"Bright Harbour", r"Store room",
            r"Her stock lay in the same room\.",
            # of the rows of a package
            r"Nickel(?: above the limit|, twice the limit)", r"Laboratory report \d",
            r"The laboratory corrected it\.", r"Buyers were refunded", r"Canal Road 7, Fengxian",
            r"Waybill", r"A courier collects", r"Warned once", r"Notice 2026-5", r"Anna Berger",
            r"Power of attorney", r"Register extract", r"\bLetter\b", r"\bCounsel\b", r"\bPDF\b",
            # of links, sanctions and made-up orders
            r"\bEXIF\b", r"\bPhone X\b", r"Another photo$", r"\blogo\b", r"Clopper–Pearson",
            r"\bWilson\b", r"the platform's messages",
            r"Seller agreement, version of 1 March 2026, clause 5\.2", r"The findings are plain\.",
            r"A watch bought from the shop was found to be counterfeit\.",
            r"Appeals desk of the platform, in writing", r"The invoices are of 2019\.",
            r"Risk team, by the waybills", r"Platform audit",
            r"Many orders of one minute, none of which was shipped\.",
            # of civil claims and their courts
            r"(?:Fengxian|Longgang) District People's Court", r"Shenzhen", r"Shanghai",
            r"A hundred in a month", r"Platform Ltd", r"Chen Trading Co", r"12 Harbour Road",
            r"Clause 4\.2", r"On the first page of a paper", r"No fakes, 4\.2", r"Evidence \d",
            r"What the shop sold", r"The notary saw it", r"The court's site", r"\bwere heard\b",
            r"The clause was broken; the loss was not shown\.",
            r"The invoices of the account", r"Misread\.", r"The list is of the ninth\.",
        )
    )
)  # fmt: skip
"""What stays in Latin letters in Chinese too: codes and techniques, what the people and things of
the small and the full world are called, and what its people typed."""


class _Shown(HTMLParser):
    """Each text of a page by itself, without what is no text of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if self._hidden:
            if tag not in VOID:
                self._hidden.append(tag)
            return
        for name, value in about.items():
            said = name in ALOUD or (name.startswith("data-") and " " in value)
            default = tag == "input" and name == "value" and about.get("type", "text") == "text"
            if said or default:
                self.texts += _of_attribute(value)
        classes = set(about.get("class", "").split())
        foreign = tag != "html" and about.get("lang", "zh")[:2] != "zh"
        if tag not in VOID and (tag in UNSEEN or classes & {"mono", "ref"} or foreign):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.texts.append(data.strip())


def _of_attribute(value: str) -> list[str]:
    """Scripts are given several texts at once as JSON."""
    if value.startswith('["/'):
        return []  # addresses
    if not value.startswith("{"):
        return [value]
    return [each for each in json.loads(value).values() if isinstance(each, str)]


def english_left(page: str) -> list[str]:
    """Each text of `page` that has a Latin word outside NAMES, without what NAMES takes."""
    shown = _Shown()
    shown.feed(page)
    shown.close()
    bare = (re.sub(r"\s+", " ", NAMES.sub("", text)).strip() for text in shown.texts)
    return list(dict.fromkeys(text for text in bare if WORD.search(text)))
