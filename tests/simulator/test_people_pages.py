"""How the simulated people read the portal's pages."""

import pytest

from simulator.people.pages import read

SOURCE = """
<html><head><title>Task</title><style>td {}</style></head><body>
<p>Pay <b>12</b>.00</p>
<table><tr><th>Head</th></tr><tr><td><a href="/tasks/TB-1">TB-1</a></td><td>two <b>words</b></td>
</tr></table>
<h3>First shop</h3>
<form method="post" action="/shops/1/link">
<input type="hidden" name="csrf" value="t&amp;k"><input type="hidden" name="version" value="3">
<input name="operator_name" value=""><textarea name="basis">as &lt;seen&gt;</textarea>
<select name="route"><option value="">none</option><option value="by_hand" selected>by hand</option>
</select>
<select name="kind"><option>tool or mould</option><option>goods</option></select>
<label><input type="checkbox" name="brands" value="A">A</label>
<label><input type="checkbox" name="brands" value="B" checked>B</label>
<button class="first">Link <b>it</b></button></form>
<h3>Second shop</h3>
<div data-accepted="no"></div>
<form method="post" action="/shops/2/photos" enctype="multipart/form-data">
<input type="file" name="photo" accept="image/jpeg"><button>Hand in</button></form>
</body></html>
"""


@pytest.fixture
def page():
    return read(200, SOURCE)


def test_a_form_is_read_with_what_would_be_sent_untouched(page):
    form = page.form("/link")
    assert form.fields == {
        "csrf": ["t&k"],
        "version": ["3"],
        "operator_name": [""],
        "basis": ["as <seen>"],
        "route": ["by_hand"],
        "kind": ["tool or mould"],
        "brands": ["B"],
    }
    assert form.options == {
        "route": ["", "by_hand"],
        "kind": ["tool or mould", "goods"],
        "brands": ["A", "B"],
    }
    assert form.buttons == ["Link it"]


def test_each_form_knows_the_text_that_stands_before_it_alone(page):
    first, second = page.forms
    assert first.before.endswith("First shop")
    assert second.before == "Second shop"
    assert second.files == ["photo"]


def test_filling_in_changes_no_other_field_and_no_later_reading(page):
    form = page.form("/link")
    sent = form.filled(basis="one phone", brands=["A", "B"])
    assert (sent["basis"], sent["brands"], sent["csrf"]) == (["one phone"], ["A", "B"], ["t&k"])
    assert form.value("basis") == "as <seen>"
    with pytest.raises(ValueError, match="no field 'reason'"):
        form.filled(reason="no such field")


def test_text_rows_links_and_marks_are_read_as_a_person_sees_them(page):
    assert page.text.startswith("Pay 12.00 Head TB-1 two words First shop")
    assert page.rows == [[], ["TB-1", "two words"]]
    assert page.links == [("/tasks/TB-1", "TB-1")]
    assert page.marks == {"data-accepted": "no"}
    assert page.taken
    assert not read(409, "").taken
