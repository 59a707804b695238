"""Reading a page as a person does: its text, its links, its tables, and the forms to fill in.

Owns the reading of HTML. Leaves fetching and sending to `simulator.people.person`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """A form as it stands on the page.

    `fields` holds what would be sent untouched: hidden and text inputs, texts, the chosen option of
    each list, ticked boxes. `options` holds the values a list or the boxes of a name offer.
    `labels`: what a list calls each of them. `before` is the page's text between the form before
    and this one.
    """

    action: str
    method: str
    before: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What stands in a field now; "" where there is no such field."""
        return next(iter(self.fields.get(name, ())), "")

    def choice(self, name: str, said: str) -> str:
        """The value of the list's first option whose label holds `said`; ValueError without one."""
        offered = zip(self.options.get(name, ()), self.labels.get(name, ()), strict=False)
        for value, label in offered:
            if said in label:
                return value
        raise ValueError(f"the list {name!r} of the form to {self.action} offers no {said!r}")

    def filled(self, **entered: str | list[str]) -> dict[str, list[str]]:
        """What is sent with `entered` filled in; ValueError for a field the form doesn't have."""
        sent = {name: list(values) for name, values in self.fields.items()}
        for name, value in entered.items():
            if name not in self.fields and name not in self.options:
                raise ValueError(f"the form to {self.action} has no field {name!r}")
            sent[name] = list(value) if isinstance(value, list) else [value]
        return sent


@dataclass
class Page:
    """A page read. `rows` are the cells of table rows; `marks` the `data-` attributes."""

    code: int
    source: str
    text: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    def form(self, ending: str) -> Form | None:
        """The first form whose address ends so."""
        return next((form for form in self.forms if form.action.endswith(ending)), None)

    def form_with(self, ending: str, name: str, value: str) -> Form | None:
        """The first form whose address ends so and whose field `name` holds `value`."""
        fit = (form for form in self.forms if form.action.endswith(ending))
        return next((form for form in fit if form.value(name) == value), None)

    @property
    def taken(self) -> bool:
        """Whether a form was taken: refusals come with a code of 400 or more."""
        return self.code < 400


def read(code: int, source: str) -> Page:
    """Read a page's HTML."""
    reader = _Reader(Page(code, source))
    reader.feed(source)
    reader.close()
    reader.page.text = _squeezed(reader.said)
    return reader.page


# within these a word goes on; every other tag parts what stands before and behind it
_INLINE = frozenset({"a", "b", "code", "em", "small", "span", "strong"})


def _squeezed(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.said: list[str] = []
        self._since_form: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._button: list[str] | None = None
        self._link: tuple[str, list[str]] | None = None
        self._cell: list[str] | None = None
        self._silent = 0
        # the list being read: whether a choice is made; the option being read: its value, if it
        # has one of its own, whether it is chosen, and its text
        self._untouched = True
        self._option: tuple[str | None, bool, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self._hear(" ")
        given = {name: value if value is not None else "" for name, value in attrs}
        self.page.marks.update(
            {name: value for name, value in given.items() if name.startswith("data-")}
        )
        match tag:
            case "style" | "script" | "title":
                self._silent += 1
            case "form":
                before = _squeezed(self._since_form)
                self._form = Form(given.get("action", ""), given.get("method", "get"), before)
                self.page.forms.append(self._form)
            case "a":
                self._link = (given.get("href", ""), [])
            case "tr":
                self.page.rows.append([])
            case "td":
                self._cell = []
            case _ if self._form is not None:
                self._part(self._form, tag, given)

    def _part(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        match tag:
            case "input" if given.get("type") == "file":
                form.files.append(name)
            case "input" if given.get("type") in ("checkbox", "radio"):
                form.options.setdefault(name, []).append(given.get("value", "on"))
                if "checked" in given:
                    form.fields.setdefault(name, []).append(given.get("value", "on"))
            case "input" if name:
                form.fields.setdefault(name, []).append(given.get("value", ""))
            case "select":
                self._select = name
                form.options.setdefault(name, [])
                form.labels.setdefault(name, [])
                form.fields.setdefault(name, []).append("")
                self._untouched = True
            case "option" if self._select is not None:
                self._option = (given.get("value"), "selected" in given, [])
            case "textarea":
                self._textarea = name
                form.fields.setdefault(name, []).append("")
            case "button":
                self._button = []

    def _offer(self, form: Form, value: str, selected: bool, label: str) -> None:
        assert self._select is not None
        form.options[self._select].append(value)
        form.labels[self._select].append(label)
        if selected or self._untouched:
            form.fields[self._select][-1] = value
        self._untouched = False

    def handle_data(self, data: str) -> None:
        if self._option is not None:
            self._option[2].append(data)
        if self._textarea is not None and self._form is not None:
            self._form.fields[self._textarea][-1] += data
            return
        if self._silent:
            return
        self._hear(data)

    def _hear(self, data: str) -> None:
        self.said.append(data)
        self._since_form.append(data)
        for heard in (self._button, self._link[1] if self._link else None, self._cell):
            if heard is not None:
                heard.append(data)

    def handle_endtag(self, tag: str) -> None:
        form = self._form
        if tag not in _INLINE:
            self._hear(" ")
        match tag:
            case "style" | "script" | "title":
                self._silent = max(0, self._silent - 1)
            case "form":
                self._form, self._since_form = None, []
            case "a" if self._link is not None:
                self.page.links.append((self._link[0], _squeezed(self._link[1])))
                self._link = None
            case "td" if self._cell is not None:
                if self.page.rows:
                    self.page.rows[-1].append(_squeezed(self._cell))
                self._cell = None
            case "option" if self._option is not None and form is not None:
                value, chosen, label = self._option
                # without a value of its own the option's text is sent
                said = _squeezed(label)
                self._offer(form, said if value is None else value, chosen, said)
                self._option = None
            case "select":
                self._select = None
            case "textarea":
                self._textarea = None
            case "button" if self._button is not None and form is not None:
                form.buttons.append(_squeezed(self._button))
                self._button = None
            case _:
                pass
