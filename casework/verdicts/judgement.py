"""All that an examiner says when they give a verdict, and its written form.

Owns the form in which a verdict that can still be undone is kept. Leaves whether it may be sealed
to `rules.verdicts` and `casework.verdicts.judging`.
"""

import json
from dataclasses import asdict, dataclass

from casework.examinations.findings import Mark, NewFinding
from rules.audience import Region
from rules.verdicts import Aspect, FindingCode, Severity, Testimony, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict as its form says it. `no_conflict`: nothing keeps the examiner from it."""

    verdict: Verdict
    findings: tuple[NewFinding, ...]
    confidence: str
    method: str
    reasons: str
    limits: str
    conflict_statement: str
    no_conflict: bool
    testimony: Testimony

    def written(self) -> str:
        """The judgement as JSON; `read` gives it back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def words(self) -> dict[str, str]:
        """What stands in the verdict's row and under its digest as it was written."""
        names = ("confidence", "method", "reasons", "limits", "conflict_statement")
        return {name: getattr(self, name) for name in names}


def read(text: str) -> Judgement:
    """The judgement that `written` wrote."""
    said = json.loads(text)
    findings = tuple(
        NewFinding(
            Aspect(each["aspect"]),
            FindingCode(each["code"]),
            Severity(each["severity"]),
            each["note"],
            tuple(Mark(mark["photo"], Region(**mark["region"])) for mark in each["marks"]),
        )
        for each in said.pop("findings")
    )
    verdict, testimony = Verdict(said.pop("verdict")), Testimony(**said.pop("testimony"))
    return Judgement(verdict=verdict, findings=findings, testimony=testimony, **said)
