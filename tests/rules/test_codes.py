"""What two readings of a code are compared by, and which codes link shops."""

import pytest

from rules.codes import CodeKind, article_number, key, kind_read, links, written


@pytest.mark.parametrize(
    "text",
    ["AB-12 345", "ab12345", "ＡＢ１２３４５", "S/N AB12345", "SN: AB12345", "Serial No.: AB 12345",
     "序列号：AB12345", "AB\u201012345", "AB12345\x1d"],
)  # fmt: skip
def test_one_serial_however_it_is_typed(text: str) -> None:
    assert key(text) == "AB12345"


def test_what_may_belong_to_the_number_stays() -> None:
    assert key("SN12345") == "SN12345"
    assert key("NO12345") == "NO12345"
    assert key("O0I1") == "O0I1" != key("00I1")
    assert key(" - ") == ""
    assert key("SN:") == "SN:"


@pytest.mark.parametrize("kind", [kind for kind in CodeKind if kind is not CodeKind.SERIAL])
def test_lot_codes_article_numbers_and_security_codes_link_nobody(kind: CodeKind) -> None:
    assert not links(kind, "AB12345")


@pytest.mark.parametrize(
    ("compared", "links_shops"),
    [("AB12345", True), ("1234", True), ("123", False), ("0000000", False), ("NONE", False)],
)
def test_only_a_serial_that_tells_pieces_apart_links_shops(
    compared: str, links_shops: bool
) -> None:
    assert links(CodeKind.SERIAL, compared) is links_shops


def test_a_sign_that_can_not_be_seen_stands_by_its_number() -> None:
    assert written(" 01095\x1d21A\x00 ") == "01095\\x1D21A\\x00"


@pytest.mark.parametrize(
    ("text", "built_so"),
    [("4006381333931", True), ("036000291452", True), ("4006381333932", False), ("AB12345", False)],
)
def test_an_article_number_is_told_by_its_check_digit(text: str, built_so: bool) -> None:
    assert article_number(text) is built_so


@pytest.mark.parametrize(
    ("shot", "symbology", "text", "kind"),
    [
        ("U06", "EAN-13", "4006381333931", CodeKind.BARCODE),
        ("I03", "UPC-A", "036000291452", CodeKind.BARCODE),
        ("U06", "Code 128", "12345", CodeKind.BARCODE),
        ("I03", "Data Matrix", "SN12345", CodeKind.SERIAL),
        ("I03", "QR Code", "https://verify.example/1", CodeKind.VERIFICATION),
        ("U08", "QR Code", "991823", CodeKind.VERIFICATION),
    ],
)
def test_the_shot_says_what_a_machines_reading_counts_as(
    shot: str, symbology: str, text: str, kind: CodeKind
) -> None:
    assert kind_read(shot, symbology, text) is kind
