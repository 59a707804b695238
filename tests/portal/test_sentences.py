"""The programme's own sentences told in Chinese: all of them, each by its own pattern, exactly."""

import ast
import re
from enum import StrEnum
from string import Formatter

import pytest

import rules.kits
import storage.tables
from portal import catalogues
from portal.extracting import COMPOSED, NOT_TOLD, ROOT, numbered, sentences
from portal.sentences import CatalogueError, pattern, read, read_words, sentences_of
from portal.wording import GROUPS
from rules.access import Began, Owed, Proof, SecondFactorPolicy
from rules.audience import Beside, Given, Maskable
from rules.custody import Broken, Whereabouts
from rules.deadlines import StepKind
from rules.disclosure import Disclosure
from rules.erasure import Standing
from rules.holders import Method, Vouched
from rules.notices import MailKind, MailWhen, NoticeKind
from rules.scopes import Scope
from rules.shotlists import Change
from rules.shots import Medium, ShotKind
from rules.thresholds import Limb, LimbState
from rules.webhooks import Event
from storage.flagged import Became
from storage.tables.captures import ClockSource
from storage.tables.search import SearchKind
from storage.walks import Order

NEVER_SHOWN = {
    Became, Began, Beside, Broken, Change, ClockSource, Given, Medium, Method, ShotKind,
    StepKind, Vouched, Event, MailKind, MailWhen, NoticeKind, Order, Owed, Proof, Scope,
    Maskable, SearchKind, SecondFactorPolicy, Standing, Whereabouts,
}  # fmt: skip
"""Enums whose words stand in rows and rules alone; pages print sentences or other words."""

FACTS = ("TB-2026-000017", "K-000012", "AS/1", "RF-2026-000003", "SEAL-7", "77")
LATIN = re.compile(r"[A-Za-z][a-z]{2,}(?: [a-z]+)*")
TECHNICAL = {
    "Shift", "Enter", "UTF", "JPEG", "WebP", "HEIC", "Unicode", "https", "http", "testbuys",
    "identity", "fonts", "noto", "cjk", "pfx", "Web", "openssl",
    "testbuy keys make", "testbuy keys import",
    "Webhook", "Idempotency", "Key", "base", "tokens", "Bearer", "Authorization",
    "tus", "Upload", "Length", "Offset", "shot", "digest",
}  # fmt: skip
"""Names of techniques and commands, which Chinese writes in Latin letters too."""

chinese = sentences_of("zh")
translated = read("zh", "sentences")


def sample(said: str) -> str:
    """The sentence with facts put in."""
    return said.format(*FACTS)


def test_nothing_waits_for_its_chinese():
    """Fails for a sentence or a template's text that was written, and not translated."""
    assert catalogues.missing("zh") == {}


def test_the_catalogue_holds_no_sentence_that_is_said_no_more():
    assert translated.keys() - sentences().keys() == set()


def test_what_is_composed_of_pieces_is_said_in_the_source_word_by_word():
    """A piece that was reworded must not stay on the list of those that are composed."""
    root = catalogues.FOLDER.parents[1]
    source = " ".join(
        path.read_text().lower()
        for folder in ("rules", "casework", "storage", "evidence")
        for path in (root / folder).rglob("*.py")
    )
    lost = {
        said
        for said in COMPOSED
        if not all(word in source for word in re.findall("[a-z]{3,}", said.lower()))
    }
    assert lost == set()
    assert NOT_TOLD.keys() & translated.keys() == set()


def test_a_translation_has_every_fact_of_its_sentence_and_no_other():
    """An amount or a reference that is lost between languages would be a false statement."""
    wrong = {}
    for said, into in translated.items():
        wanted = {int(each) for each in re.findall(r"\{(\d)\}", said)}
        told = [(int(place), how) for _, place, how, _ in Formatter().parse(into) if place]
        kinds = {(how or "").partition(".")[0] for _, how in told}
        if (
            {place for place, _ in told} != wanted
            or len(told) != len(wanted)
            or kinds - {"", "word", "told", "day"}
        ):
            wrong[said] = into
    assert wrong == {}


def test_each_sentence_is_known_by_its_own_pattern():
    """Two patterns that fit one sentence would tell it as the wrong one."""
    taken_for = {said: chinese.recognised(sample(said)) for said in translated}
    assert {said: other for said, other in taken_for.items() if said != other} == {}


def test_a_told_sentence_has_its_facts_and_no_english():
    left = {}
    for said, into in translated.items():
        told = chinese.tell(sample(said))
        if told == sample(said):
            # A piece: told inside a sentence alone, as the next test has it.
            continue
        raw = [int(place) for _, place, how, _ in Formatter().parse(into) if place and not how]
        english = set(LATIN.findall(re.sub(r"TESTBUY_\w+", "", told))) - TECHNICAL
        if english or any(FACTS[place] not in told for place in raw):
            left[said] = told
    assert left == {}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "The test buy is judged; to place order it must be assigned.",
            "本次试购的目前状态为“已有结论”；要下单，须为“已指派”。",
        ),
        (
            "Only analyst, buyer or programme may abandon; you act as clerk.",
            "只有分析员、购买人或项目系统可以提前终止；您现以物证管理员的身份操作。",
        ),
        (
            "Unknown. Unknown until the agency has decided on RF-2026-000003. No retention period "
            "is on record for listing gone.",
            "未定。在主管机关就 RF-2026-000003 作出决定之前，期限不能确定。"
            "没有关于“商品已下架”的保管期限记录。",
        ),
        (
            "It must still be kept. The exhibit is kept until 2029-01-01, its evidence until "
            "2030-01-01. The test buy ended on 2026-01-01. Period from: policy 4.",
            "仍须保管。物证保管至 2029年1月1日，其证据保管至 2030年1月1日。"
            "试购于 2026年1月1日 终结。"
            "期限依据：policy 4。",
        ),
        (
            "Legal hold 3 on AS/1 stands, placed by Cora on 2026-11-03: Court asked. Have it "
            "lifted first.",
            "法律保全 3（对象 AS/1）有效，由 Cora 于 2026年11月3日 设定："
            "Court asked。请先将其解除。",
        ),
        (
            "Photos are missing: R01 Unopened parcel; R02 Shipping label. Take them, then try "
            "again.",
            "缺少照片：R01 未开封包裹；R02 运单。请拍摄后再试。",
        ),
        (
            "CNY 1,500.00 is more than the CNY 1,000.00 the campaign Spring allows.",
            "CNY 1,500.00 高于专项“Spring”允许的 CNY 1,000.00。",
        ),
        (
            "2 persona(s) known to this shop: add a persona.",
            "2 个身份账号已为该店铺所知：请增加身份账号。",
        ),
        ("The campaign late does not cover the brand genuine.", "专项“late”不包括品牌 genuine。"),
    ],
)
def test_facts_are_told_as_words_or_sentences_only_where_the_translation_says_so(said, told):
    assert chinese.tell(said) == told
    days = {"2029-01-01": "1 Jan 2029", "2030-01-01": "1 Jan 2030", "2026-01-01": "1 Jan 2026"}
    days["2026-11-03"] = "3 Nov 2026"
    english = re.sub(r"\d{4}-\d\d-\d\d", lambda day: days[day[0]], said)
    assert sentences_of("en").tell(said) == english


def _with_days(path):
    """Each sentence of a file that writes a day, with days and other facts filled in."""
    for node in ast.walk(ast.parse(path.read_text())):
        parts = [
            part.value
            if isinstance(part, ast.Constant)
            else re.sub("%H.*", "09:30", ast.unparse(part.format_spec)[2:-1]).replace(
                "%Y-%m-%d", "2026-11-24"
            )
            if part.format_spec and "%Y-%m-%d" in ast.unparse(part.format_spec)
            else "X"
            for part in (node.values if isinstance(node, ast.JoinedStr) else ())
        ]
        said = "".join(parts)
        if "2026-11-24" in said and said[0].isupper():
            yield said


def test_every_day_that_a_sentence_writes_is_told_as_its_reader_writes_it():
    """Fails for a sentence whose translation doesn't say which of its facts is a day."""
    written = [
        said
        for folder in ("rules", "casework")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for said in _with_days(path)
    ]
    assert len(written) > 10
    for said in written:
        in_english = sentences_of("en").tell(said)
        assert in_english == re.sub(
            r"2026-11-24( 09:30)?",
            lambda at: f"24 Nov 2026{',' if at[1] else ''}{at[1] or ''}",
            said,
        )
        told = chinese.tell(said)
        assert "2026年11月24日" in told and "2026-11-24" not in told


def test_a_day_that_a_person_wrote_stays_as_they_wrote_it():
    said = "Legal hold 3 on AS/1 stands, placed by Cora on 2026-11-03: Since 2026-10-01 he waits."
    assert sentences_of("en").tell(said) == said.replace("2026-11-03", "3 Nov 2026")
    assert "Since 2026-10-01 he waits" in chinese.tell(said)
    for typed in ("Delivered on 2026-11-03.", "2026-11-03", "No kit 2026-11-03."):
        assert sentences_of("en").tell(typed) == chinese.tell(typed) == typed
    assert "2026-13-45" in sentences_of("en").tell("The test buy ended on 2026-13-45.")


@pytest.mark.parametrize(
    "typed",
    [
        "The shop is not here any more.",
        "The buyer was ill. It is not sharp, she says.",
        "I think the parcel has ended",
        "We waited 3 hours",
        "It lasted 2 bytes",
        "Anna; Ben",
        "",
        ".",
    ],
)
def test_what_a_person_typed_is_never_changed(typed):
    """A pattern made of little but facts would put words into somebody's mouth."""
    assert chinese.tell(typed) == typed


def test_a_translation_with_a_fact_that_is_not_said_stops_the_start():
    with pytest.raises(CatalogueError, match="2"):
        pattern("There is no kit {0}.", "没有取证包 {2}。")


def _enums():
    found = set(StrEnum.__subclasses__())
    assert rules.kits and storage.tables
    return {each for each in found if each.__module__.partition(".")[0] in ("rules", "storage")}


def test_every_word_of_an_enum_that_a_page_shows_has_its_chinese():
    """A word of an enum that is printed in English beside Chinese is read as a name."""
    assert {Disclosure, Limb, LimbState} <= _enums()
    lacking = {
        f"{each.__name__}.{member.name}"
        for each in _enums() - NEVER_SHOWN
        for member in each
        if not chinese.knows(member.value, GROUPS.get(each, ""))
    }
    assert lacking == set()


FIELD = re.compile(
    r"\.(?:text|maybe|number|maybe_number|money|day|day_start|word|words|option|upload|stream)"
    r'\(\s*"([a-z_]+)"'
)


def test_every_field_that_can_be_wrong_has_its_chinese_name():
    """Above a form that came back its fields are named, and on a page of its own they alone."""
    folder = catalogues.FOLDER.parents[1] / "portal" / "routes"
    named = {name for path in folder.rglob("*.py") for name in FIELD.findall(path.read_text())}
    assert len(named) > 80
    assert {name for name in named if not chinese.knows(name, "field")} == set()


def test_no_word_is_written_twice():
    """A word that the dossier has is the dossier's; two lists would come to differ."""
    from evidence.words import words_of

    terms = words_of("zh").terms
    assert {word for (group, word) in read_words("zh") if not group and word in terms} == set()


def test_places_are_numbered_in_their_order():
    assert numbered("\0 of \0 buyers") == "{0} of {1} buyers"
