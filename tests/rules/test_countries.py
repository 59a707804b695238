"""Countries are told by name in every language, and a code without one stands as it is."""

from evidence.words import words_of
from rules.countries import NAMES, name_of, names_in
from rules.thresholds import DEFAULT_THRESHOLDS


def test_every_country_with_thresholds_has_a_name():
    assert {row.jurisdiction for row in DEFAULT_THRESHOLDS} <= set(NAMES)


def test_a_code_without_a_name_stands_as_it_is():
    assert (name_of("cn"), name_of("UK"), name_of("XX")) == ("China", name_of("GB"), "XX")


def test_every_name_has_its_chinese():
    chinese = words_of("zh")
    assert chinese.recorded(name_of("CN")) == "中国"
    assert {name for name in NAMES.values() if chinese.recorded(name) == name} == set()


def test_what_was_typed_is_told_by_names_and_otherwise_as_it_was_typed():
    assert names_in("CN") == ("China",)
    assert names_in("cn, UK, Taiwan") == ("China", "United Kingdom", "Taiwan")
    assert names_in("Benelux,  Madrid system") == ("Benelux,  Madrid system",)
    assert names_in("") == ("",)
