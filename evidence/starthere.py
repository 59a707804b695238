"""START-HERE.html: the bundle's first page, for whoever opens it by double click.

Owns what stands on it and its words in English and Chinese: summary, photos, exhibits, custody,
verdicts, draft statements of witnesses, and how to check. One file without script or outside
address, so that it opens from a disk with no network. Leaves the facts to the dossier's content:
what is withheld there is withheld here. A draft statement says only what is on
record, and asks for the rest in the witness's own words: nobody is told what to say.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from evidence.dossier import Dossier

ENGLISH, CHINESE = "en", "zh"

_TEMPLATES = Path(__file__).parent / "templates"
_WORDS: dict[str, dict[str, str]] = {
    ENGLISH: {
        "title": "Test buy",
        "contents": "Contents",
        "dossier": "The dossier (PDF)",
        "summary": "What happened",
        "facts": "Facts",
        "photos": "Photos",
        "photos_note": "Press a photo to see the original, as the device handed it over.",
        "preview_only": "preview only: the original is kept by who made this bundle",
        "masked": "Copies with what identifies the buyer covered",
        "no_photos": "No photo is in this bundle.",
        "exhibits": "Exhibits",
        "no_exhibits": "No exhibit is on record.",
        "exhibit": "Exhibit",
        "seal": "Seal",
        "holder": "Last held by",
        "custody": "Who held it",
        "when": "When (UTC)",
        "from": "From",
        "to": "To",
        "why": "Purpose",
        "place": "Place",
        "seal_out": "Seal out",
        "seal_in": "Seal in",
        "verdicts": "Verdicts",
        "no_verdicts": "No verdict is sealed.",
        "examiner": "Examined by",
        "basis": "Basis",
        "method": "Method",
        "reasons": "Reasons",
        "limits": "Limits",
        "sealed_at": "Sealed",
        "remarks": "What speaks against, waivers, corrections",
        "statements": "Draft statements of witnesses",
        "draft": "DRAFT, for the witness to correct, complete and sign. Not evidence until signed.",
        "buyer_title": "The buyer (named by role; the name is withheld)",
        "buyer_1": "This is about the article named above, of the shop {shop}, in the test buy "
        "{reference}.",
        "buyer_2": "What I and the seller said to each other, in my own words:",
        "clerk_title": "The evidence clerk: {who}",
        "examiner_title": "The examiner: {who}",
        "examiner_1": "I examined {exhibit} (basis: {basis}) and sealed my verdict on {at} UTC: "
        "{verdict}.",
        "examiner_2": "My reasons: {reasons}",
        "examiner_3": "The limits of my examination: {limits}",
        "custody_line": "On {at} UTC I took {exhibit} from {who} at {place}; seal {seal}; "
        "condition: {condition}.",
        "stage_line": "The record has this of me: {moves}.",
        "correct": "What is untrue or missing above:",
        "signature": "Name, place, date, signature",
        "verify": "How to check this bundle",
        "verify_1": "VERIFY.txt has the exact commands for Linux, macOS and Windows. With Python: "
        "python3 verify.py .",
        "verify_2": "Compare the head of the ledger with the one printed in the dossier you hold:",
        "documents": "Every file",
        "withheld": "What identifies the buyer is withheld; the digests of what is withheld stand "
        "in the dossier.",
        "advice": "This page is no legal advice. The dossier and the originals are the evidence; "
        "this page shows the way to them.",
        "made": "Made",
        "proof": "proves",
        "digest": "SHA-256",
    },
    CHINESE: {
        "title": "测试购买",
        "contents": "目录",
        "dossier": "卷宗（PDF）",
        "summary": "经过",
        "facts": "基本事实",
        "photos": "照片",
        "photos_note": "点击照片可查看设备交出的原件。",
        "preview_only": "仅预览：原件由本证据包制作方保存",
        "masked": "已遮盖买家身份信息的副本",
        "no_photos": "本证据包中没有照片。",
        "exhibits": "物证",
        "no_exhibits": "没有登记物证。",
        "exhibit": "物证",
        "seal": "封条",
        "holder": "最后持有人",
        "custody": "保管链",
        "when": "时间（UTC）",
        "from": "交出",
        "to": "接收",
        "why": "目的",
        "place": "地点",
        "seal_out": "交出时封条",
        "seal_in": "接收时封条",
        "verdicts": "鉴定结论",
        "no_verdicts": "尚无封存的鉴定结论。",
        "examiner": "鉴定人",
        "basis": "依据",
        "method": "方法",
        "reasons": "理由",
        "limits": "局限",
        "sealed_at": "封存时间",
        "remarks": "不利情况、豁免与更正",
        "statements": "证人陈述草稿",
        "draft": "草稿，由证人更正、补充并签名。签名前不是证据。",
        "buyer_title": "买家（以身份称呼，姓名保密）",
        "buyer_1": "本陈述涉及测试购买 {reference} 中店铺 {shop} 的上述商品。",
        "buyer_2": "我与卖家之间的对话，用我自己的话：",
        "clerk_title": "证据管理员：{who}",
        "examiner_title": "鉴定人：{who}",
        "examiner_1": "我鉴定了 {exhibit}（依据：{basis}），并于 {at} UTC 封存结论：{verdict}。",
        "examiner_2": "我的理由：{reasons}",
        "examiner_3": "鉴定的局限：{limits}",
        "custody_line": "{at} UTC，我在 {place} 从 {who} 处接收 {exhibit}；封条 {seal}；"
        "状态：{condition}。",
        "stage_line": "记录中有我的以下行为：{moves}。",
        "correct": "以上不实或遗漏之处：",
        "signature": "姓名、地点、日期、签名",
        "verify": "如何核验本证据包",
        "verify_1": "VERIFY.txt 载有 Linux、macOS 和 Windows 的确切命令。使用 Python："
        "python3 verify.py .",
        "verify_2": "请将账本的末端哈希与您手中卷宗上印刷的哈希比较：",
        "documents": "全部文件",
        "withheld": "可识别买家身份的内容未附；其摘要值载于卷宗。",
        "advice": "本页不构成法律意见。卷宗与原件才是证据，本页仅作指引。",
        "made": "制作时间",
        "proof": "证明",
        "digest": "SHA-256",
    },
}


def language_of(jurisdiction: str | None) -> str:
    """The language of an agency's country, of those the page speaks."""
    return CHINESE if jurisdiction == "CN" else ENGLISH


def render(dossiers: Sequence[Dossier], index: Mapping[str, Any], language: str) -> bytes:
    """The page for `dossiers`, linking the files of a bundle's `index`; the same input, same bytes.

    `language` is ENGLISH or CHINESE. Facts keep the language they were recorded in.
    """
    words = _WORDS[language]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    taken = {photo.digest: photo for each in dossiers for photo in each.photos}
    inside = {(row["shot"], row["digest"]): row["name"] for row in index["photos"]}
    photos = [
        {
            "shot": row["shot"],
            "title": taken[row["made_from"]].title if row["made_from"] in taken else "",
            "taken": taken[row["made_from"]].taken if row["made_from"] in taken else "",
            "preview": row["name"],
            "original": inside.get((row["shot"], row["made_from"])),
            "digest": row["made_from"].removeprefix("sha256:"),
        }
        for row in index["previews"]
    ]
    page = environment.get_template("START-HERE.html").render(
        w=words,
        language=language,
        index=index,
        dossiers=dossiers,
        photos=photos,
        masked=index["masked"],
        files=[*index["photos"], *index["previews"], *index["masked"], *index["documents"]],
        witnesses=[_witnesses(each, words) for each in dossiers],
        exhibits=[_exhibits(each) for each in dossiers],
        made=_minute(datetime.fromisoformat(index["generated_at"])),
        minute=_minute,
    )
    return page.encode()


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def _exhibits(dossier: Dossier) -> list[dict[str, str]]:
    """Each exhibit with its seal and whoever took it last."""
    last = {}
    for entry in sorted(dossier.custody, key=lambda entry: entry.at):
        last[entry.exhibit] = entry
    return [
        {"name": name, "seal": entry.seal_in or entry.seal_out, "holder": entry.to_whom}
        for name, entry in sorted(last.items())
    ]


def _witnesses(dossier: Dossier, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """Draft statements: buyer, everybody an exhibit was handed to by name, each examiner."""
    of_buyer = ", ".join(
        f"{move.move} ({_minute(move.at)} UTC)" for move in dossier.moves if move.by_role == "buyer"
    )
    lines = [words["buyer_1"].format(shop=dossier.shop, reference=dossier.reference)]
    if of_buyer:
        lines.append(words["stage_line"].format(moves=of_buyer))
    lines.append(words["buyer_2"])
    sent = any(move.move == "assign" for move in dossier.moves)
    drafts: list[dict[str, Any]] = []
    if sent:
        drafts.append({"title": words["buyer_title"], "lines": lines})
    takers: dict[str, list[str]] = {}
    for entry in dossier.custody:
        if entry.purpose == "intake":
            line = words["custody_line"].format(
                at=_minute(entry.at),
                exhibit=entry.exhibit,
                who=entry.from_whom,
                place=entry.place,
                seal=entry.seal_in,
                condition=entry.condition,
            )
            takers.setdefault(entry.to_whom, []).append(line)
    for who, told in takers.items():
        drafts.append({"title": words["clerk_title"].format(who=who), "lines": told})
    for verdict in dossier.verdicts:
        told = [
            words["examiner_1"].format(
                exhibit=verdict.exhibit,
                basis=verdict.basis,
                at=_minute(verdict.sealed_at),
                verdict=verdict.verdict,
            ),
            words["examiner_2"].format(reasons=verdict.reasons),
            words["examiner_3"].format(limits=verdict.limits),
        ]
        if verdict.superseded:
            told.append(verdict.superseded)
        title = words["examiner_title"].format(who=verdict.examiner)
        drafts.append({"title": title, "lines": told})
    return drafts
