"""An authenticator: takes the next examination, and seals what the story says."""

from __future__ import annotations

from simulator.people.person import Company, Person
from simulator.plot import examined
from simulator.stories import Look


class Authenticator(Person):
    """Knows of an examination what its page tells: brand, category, photographs."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._not_mine: set[str] = set()

    def act_once(self) -> bool:
        for row in self.open("/examinations").rows:
            if len(row) < 7 or row[6] == "somebody works on it" or row[0] in self._not_mine:
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
            taken = self.send(
                seal,
                verdict=look.verdict,
                confidence=look.confidence,
                reasons=look.reasons,
                limits=look.limits,
                no_conflict="yes",
                finding=[f"{aspect}:{code}" for aspect, code, _ in look.findings],
                **severities,
            ).taken
        if taken:
            with self.company.turn:
                self.company.looks[goods] += 1
        return taken
