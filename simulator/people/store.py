"""Clerk, supervisor and liaisons: exhibits taken in, shots let go, referrals approved."""

from __future__ import annotations

import re

from simulator.people.person import Company, Person
from simulator.plot import AT_FULL_LEVEL, members_of
from simulator.setting import POLICE

_KITS = re.compile(r"\bK-\d{6}\b")


class Clerk(Person):
    """Takes exhibits in under the seal on their bag, and looks at photos no machine could read."""

    def __init__(self, name: str, link: str, company: Company) -> None:
        super().__init__(name, link, company)
        self._kitted = False

    def act_once(self) -> bool:
        if not self._kitted and self._kits():
            return True
        page = self.open("/exhibits")
        for form in page.forms:
            seal = re.search(r"\bseal (\S+) ·", form.before)
            handed = "hands it to you" in form.before
            if form.action.endswith("/take-in") and seal and handed:
                shelf = f"Store A, shelf {sum(seal[1].encode()) % 12 + 1}"
                return self.send(form, seal_number=seal[1], place=shelf).taken
        form = page.form("/exhibits/confirm")
        return form is not None and self.send(form, answer="it_shows_it").taken

    def _kits(self) -> bool:
        """Prepare a kit for each buyer and hand it over."""
        page = self.open("/kits")
        prepare, give = page.form("/kits"), page.form("/give")
        self._kitted = " no kit. Seals" not in page.text
        if give is not None:
            where = "The programme's office, the counter"
            return self.send(give, place=where, utc_offset="480").taken
        if self._kitted or prepare is None:
            return False
        pack = len(set(_KITS.findall(page.text))) + 41
        said = {"seal_first": f"SB-{pack}000000", "seal_last": f"SB-{pack}009999"}
        said |= {"card_first": f"KC-{pack}01", "card_last": f"KC-{pack}40"}
        return self.send(prepare, **said, colour_card=f"CC-{pack}").taken


class Supervisor(Person):
    """Lets go of shots that can't be taken again, and agrees to full packages."""

    def act_once(self) -> bool:
        form = self.open("/waivers").form("/waivers")
        reason = "The parcel was opened before; its number is legible on the order page."
        return (form is not None and self.send(form, reason=reason).taken) or self.agree()


class Liaison(Person):
    """Approves referrals to the police of this country, once they rest on all that is ready.

    Where the police are to get every original, asks for that first, and waits for the two.
    """

    def minds(self, agency: str) -> bool:
        """Whether an agency is this liaison's."""
        return agency == POLICE

    def act_once(self) -> bool:
        for row in self.open("/referrals").rows:
            if len(row) < 5 or row[1] != "drafted" or not self.minds(row[3]):
                continue
            if int(row[4]) < members_of(row[2]):
                continue
            page = self.open(f"/referrals/{row[0]}")
            if row[2] in AT_FULL_LEVEL and "Full level." not in page.text:
                ask = page.form("/level")
                if ask is None or "asked for the full level" in page.text:
                    continue
                why = "The police laboratory compares the originals with the shop's own pictures."
                return self.send(ask, level_reason=why).taken
            form = page.form("/approve")
            if form is not None:
                return self.send(form).taken
        return False


class ForeignLiaison(Liaison):
    """Approves referrals to the police of other countries."""

    def minds(self, agency: str) -> bool:
        return agency != POLICE
