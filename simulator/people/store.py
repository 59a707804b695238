"""Clerk, supervisor and liaisons: exhibits taken in, shots let go, referrals approved."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from simulator.aftermath import TO_THE_END, CaseStep
from simulator.people import sanctioning
from simulator.people.pages import Page
from simulator.people.person import Company, Person
from simulator.plot import AT_FULL_LEVEL, members_of
from simulator.setting import BY_FOLDER, POLICE

_KITS = re.compile(r"\bK-\d{6}\b")
_NEXT = dict(zip(("accepted", *(step.state for step in TO_THE_END)), TO_THE_END, strict=False))
"""By the state of a referral that the police accepted: what they do next."""
_GOING_ON = frozenset({"approved", "sent", "acknowledged", *_NEXT})


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
    """Lets go of shots that can't be taken again, agrees to full packages, hears a seller."""

    def act_once(self) -> bool:
        form = self.open("/waivers").form("/waivers")
        reason = "The parcel was opened before; its number is legible on the order page."
        if form is not None:
            return self.send(form, reason=reason).taken
        return self.agree() or sanctioning.uphold(self)


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
    """Approves referrals to the police of other countries, and writes down what these do.

    The sealed folder is handed over at a counter; who has the mail answers with a number.
    """

    def minds(self, agency: str) -> bool:
        return agency != POLICE

    def act_once(self) -> bool:
        if super().act_once():
            return True
        for row in self.open("/referrals").rows:
            if len(row) > 3 and row[1] in _GOING_ON and self.minds(row[3]):
                page = self.open(f"/referrals/{row[0]}")
                if self._go_on(page, row[0], row[1], by_folder=row[3] == BY_FOLDER):
                    return True
        return False

    def _go_on(self, page: Page, reference: str, state: str, *, by_folder: bool) -> bool:
        number = f"{'HV' if by_folder else 'AB'}-{reference[-4:]}"
        if state == "approved":
            form = page.form("/sent") if "The sealed folder is ready" in page.text else None
            signed = f"Receipt {number}, signed at the counter"
            return form is not None and self.send(form, agency_number=signed).taken
        if state == "sent" or (state == "acknowledged" and by_folder):
            form = page.form("/answer")
            answer = "acknowledged" if state == "sent" else "accepted"
            return form is not None and self.send(form, state=answer, agency_number=number).taken
        if by_folder and state in _NEXT:
            return record_step(self, page, _NEXT[state])
        return False


def record_step(liaison: Person, page: Page, step: CaseStep) -> bool:
    """Record on a referral's page what the police did next."""
    form = page.form("/step")
    if form is None or step.step not in form.options["step"]:
        return False
    today = datetime.now(UTC).date().isoformat()
    said = {"happened_on": today, "said": step.said, "file_number": step.number}
    return liaison.send(form, step=step.step, **said).taken
