"""An authenticator: takes the next examination, and seals what the story says."""

from __future__ import annotations

from simulator.people.pages import Form
from simulator.people.person import Company, Person
from simulator.plot import examined
from simulator.stories import Look

NOT_NOW = ("held by a colleague", "being sealed")
"""What the queue says of examinations that nobody can take at this moment."""


class Authenticator(Person):
    """Knows of an examination what its page tells: brand, category, photographs."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._not_mine: set[str] = set()

    def act_once(self) -> bool:
        for row in self.open("/examinations").rows:
            if len(row) < 8 or row[0] in self._not_mine or row[7].startswith(NOT_NOW):
                continue
            look = self._look(row[1], row[2])
            if look is not None:
                return self._examine(row[0], (row[1], row[2]), look)
        return False

    def _look(self, brand: str, category: str) -> Look | None:
        story = examined(brand, category)
        if story is None:
            return None
        look = story.looks[min(self.company.looks[brand, category], len(story.looks) - 1)]
        return None if look.when_called and story.key not in self.company.rung else look

    def _examine(self, public_id: str, goods: tuple[str, str], look: Look) -> bool:
        page = self.open(f"/examinations/{public_id}")
        if claim := page.form("/claim"):
            page = self.send(claim)
            if not page.taken:
                self._not_mine.add(public_id)
                return False
        ask, seal = page.form("/ask"), page.form("/seal")
        if ask is None or seal is None:
            return False
        if look.ask:
            taken = self.send(ask, shot=look.ask[0], note=look.ask[1]).taken
        else:
            severities = {
                f"severity:{aspect}:{code}": severity for aspect, code, severity in look.findings
            }
            signs = self._signature(seal)
            if signs is None:
                return False
            physical = "seals_seen" in seal.fields
            seals = {"seals_seen": "The seal of the bag, whole when it came"} if physical else {}
            taken = self.send(
                seal,
                verdict=look.verdict,
                confidence=look.confidence,
                reasons=look.reasons,
                limits=look.limits,
                conflict_statement="Employed by the rights holder; no other interest.",
                qualification=f"{self.name}, eleven years at the rights holder's quality desk",
                authority="Letter of authority of the rights holder, 2 January 2026",
                reference_samples="Two pieces of the current range, from the reference shelf",
                no_conflict="yes",
                finding=[f"{aspect}:{code}" for aspect, code, _ in look.findings],
                **severities,
                **_marks(seal, look),
                **seals,
                **signs,
            ).taken
        if taken:
            with self.company.turn:
                self.company.looks[goods] += 1
        return taken

    def _signature(self, seal: Form) -> dict[str, str] | None:
        """What signs, where the form asks for it; None: the next code is not there yet."""
        if "one_time_code" not in seal.fields:
            return {}
        code = self.device.code() if self.device else ""
        return None if code is None else {"one_time_code": code}


def _marks(seal: Form, look: Look) -> dict[str, str | list[str]]:
    """The first finding, marked in the middle of the article where the page shows one."""
    photos = [photo for photo in seal.options.get("mark_photo", []) if photo]
    if not look.findings or not photos:
        return {}
    aspect, code, _ = look.findings[0]
    return {
        "mark_finding": f"{aspect}:{code}",
        "mark_photo": photos[min(1, len(photos) - 1)],
        "mark_left": "34",
        "mark_top": "34",
        "mark_right": "62",
        "mark_bottom": "64",
    }
