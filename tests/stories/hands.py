"""A person's hand in a browser: opens pages and what is folded away there, fills in forms."""

from pathlib import Path

from playwright.sync_api import Locator, Page


class Hand:
    """One person at one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> str:
        """Look at a page; gives what stands there."""
        answer = self.page.goto(address, wait_until="load")
        assert answer is not None and answer.ok, (address, answer and answer.status)
        return self.text

    def press(self, name: str) -> str:
        """Press the button of that name; gives what comes."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator("main").get_by_role("button", name=name).first.click()
        return self.text

    @property
    def text(self) -> str:
        """What the page says, its white space squeezed."""
        return " ".join(self.page.locator("main").inner_text().split())

    def say(
        self, ending: str, /, *, having: str = "", file: Path | None = None, **said: str
    ) -> str:
        """Fill in the page's first form whose address ends so and send it; gives what comes.

        `having`: a CSS selector of something within the form, where several share an address.
        A list is chosen by its value or by what an entry says.
        """
        form = self.page.locator(f"main form[method=post][action$='{ending}']")
        if having:
            form = form.filter(has=self.page.locator(having))
        else:
            # A row's own form for correcting it stands before the one for a new row.
            form = form.filter(has_not=self.page.locator("[name=corrects]"))
        form = form.first
        self._unfold(form)
        for name, value in said.items():
            _enter(form.locator(f"[name='{name}']"), value)
        if file is not None:
            form.locator("input[type=file]").set_input_files(file)
        with self.page.expect_navigation(wait_until="load") as going:
            # Those with an address of their own ask for more rows, and decide nothing.
            form.locator(".actions button:not([formaction])").last.click()
        answer = going.value
        assert answer is not None and answer.ok, (ending, said, self.text[:900])
        return self.text

    def offers(self, ending: str) -> bool:
        """Whether the page has a form whose address ends so."""
        return self.page.locator(f"main form[action$='{ending}']").count() > 0

    def _unfold(self, form: Locator) -> None:
        """Press what the form is folded under, the outermost first."""
        folded = form.locator("xpath=ancestor::details[not(@open)]/summary")
        while folded.count():
            folded.first.click()


def _enter(field: Locator, value: str) -> None:
    kind = field.first.evaluate("field => field.type || field.localName")
    match kind:
        case "select-one":
            offered = field.locator("option")
            values = [each.get_attribute("value") or "" for each in offered.all()]
            fit = [n for n, each in enumerate(offered.all_inner_texts()) if value in each]
            assert value in values or fit, (value, values)
            if value in values:
                field.select_option(value)
            else:
                field.select_option(index=fit[0])
        case "radio" | "checkbox":
            # The label is what a person presses: the field itself may lie under it.
            field.and_(field.page.locator(f"[value='{value}']")).check(force=True)
        case _:
            field.first.fill(value)
