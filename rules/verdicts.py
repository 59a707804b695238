"""Verdicts: what an authenticator may seal, and what the verdicts on an exhibit add up to.

Owns the words for findings and verdicts (domain: section 5), what each verdict must rest on, the
quorum, and the overall result of a test buy. Leaves who may examine what, and superseding, to
`casework`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.decision import Decision


class Verdict(StrEnum):
    """What an authenticator says of an exhibit; grey market is a genuine parallel import."""

    COUNTERFEIT = "counterfeit"
    GENUINE = "genuine"
    INCONCLUSIVE = "inconclusive"
    GREY_MARKET = "grey_market"
    ALTERED_GENUINE = "altered_genuine"
    GENUINE_PACKAGING_COUNTERFEIT_CONTENTS = "genuine_packaging_counterfeit_contents"


class Aspect(StrEnum):
    """What a finding is about: packaging and code may check out while the contents are fake."""

    PACKAGING = "packaging"
    CODE = "code"
    CONTENTS = "contents"
    DOCUMENT = "document"


class FindingCode(StrEnum):
    """What was found."""

    PACKAGING_INCONSISTENT = "packaging_inconsistent"
    LABEL_OR_TYPOGRAPHY = "label_or_typography"
    WORKMANSHIP_ROUGH = "workmanship_rough"
    COLOUR_ABNORMAL = "colour_abnormal"
    MATERIAL = "material"
    WEIGHT_OR_DIMENSION = "weight_or_dimension"
    SERIAL_OR_CODE_INVALID = "serial_or_code_invalid"
    SECURITY_FEATURE_MISSING = "security_feature_missing"
    CONTENTS_SUBSTITUTED = "contents_substituted"
    DOCUMENTATION_MISSING = "documentation_missing"
    FUNCTIONAL_DEFECT = "functional_defect"
    PRICE_IMPLAUSIBLE = "price_implausible"


class Severity(StrEnum):
    """MINOR: a genuine one might show it. MAJOR: it should not. CRITICAL: it cannot."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding on one aspect."""

    code: FindingCode
    aspect: Aspect
    severity: Severity


@dataclass(frozen=True, slots=True)
class Testimony:
    """What an examiner says of themselves and of how they looked, in their own words.

    `authority`: who lets them speak for the rights holder; `seals_seen`: of a physical examination.
    """

    qualification: str
    authority: str
    reference_samples: str
    seals_seen: str = ""


@dataclass(frozen=True, slots=True)
class SealedVerdict:
    """A verdict once sealed; `superseded` by a later one, it stays on record and counts no more."""

    verdict: Verdict
    examiner_id: int
    sealed_at: datetime
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The rule's result over an exhibit's verdicts; `value` None: the quorum is not reached."""

    value: Verdict | None
    reasons: tuple[str, ...]
    needs_another: bool


WORST_FIRST: tuple[Verdict, ...] = (
    Verdict.COUNTERFEIT,
    Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS,
    Verdict.ALTERED_GENUINE,
    Verdict.INCONCLUSIVE,
    Verdict.GREY_MARKET,
    Verdict.GENUINE,
)

COUNTERFEITS: frozenset[Verdict] = frozenset(
    {
        Verdict.COUNTERFEIT,
        Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS,
        Verdict.ALTERED_GENUINE,
    }
)
"""Conclusions that a referral may rest on."""


def check(
    verdict: Verdict,
    findings: Sequence[Finding],
    *,
    reasons: str,
    limits: str,
    conflict_of_interest: bool | None,
) -> Decision:
    """Whether `verdict` may be sealed; a refusal lists everything that is wanting.

    `reasons` and `limits` are the authenticator's own words. `conflict_of_interest` None: not
    stated yet.
    """
    objections: list[str] = []
    if conflict_of_interest is None:
        objections.append("State whether you have a conflict of interest.")
    elif conflict_of_interest:
        objections.append("You have a conflict of interest: hand the examination back.")
    if not reasons.strip():
        objections.append("Give the reasons for your verdict.")
    grave = [finding for finding in findings if finding.severity is not Severity.MINOR]
    objections += _wanting(verdict, findings, grave, limits)
    return Decision.unless(objections)


def check_testimony(testimony: Testimony, interest: str, *, physical: bool) -> Decision:
    """Whether an examiner said what a statement of theirs needs (domain: section 3, step 11).

    `interest` is their own word on conflicts of interest: who is employed by the rights holder has
    one, and a court is told.
    """
    asked = (
        (testimony.qualification, "State your qualification: a court asks why it may rely on you."),
        (testimony.authority, "State by whose authority you examine for the rights holder."),
        (
            testimony.reference_samples,
            "Name the reference samples you compared with, or say that there were none.",
        ),
        (interest, "State your interest, such as being employed by the rights holder, or none."),
    )
    objections = [sentence for said, sentence in asked if not said.strip()]
    if physical and not testimony.seals_seen.strip():
        objections.append("State the seals you found on the bag, and whether they were whole.")
    return Decision.unless(objections)


def conclude(verdicts: Sequence[SealedVerdict], quorum: int) -> Conclusion:
    """Add up the standing verdicts on one exhibit, in whatever order they are given.

    Until `quorum` examiners have spoken there is no value. An inconclusive verdict counts towards
    hearing enough examiners but speaks for nothing. A value needs `quorum` examiners behind it and
    more than half of those who decided; otherwise the exhibit is inconclusive and needs another
    verdict. An examiner whose own standing verdicts differ stands behind none of them.
    """
    if quorum < 1:
        raise ValueError("a quorum is at least one examiner")
    said: dict[int, set[Verdict]] = {}
    for sealed in verdicts:
        if not sealed.superseded:
            said.setdefault(sealed.examiner_id, set()).add(sealed.verdict)
    if len(said) < quorum:
        reason = f"{len(said)} of {quorum} examiners have given a verdict: another is needed."
        return Conclusion(None, (reason,), True)
    decided = [values - {Verdict.INCONCLUSIVE} for values in said.values()]
    decided = [values for values in decided if values]
    if not decided:
        reason = "No examiner could decide: another verdict or a laboratory is needed."
        return Conclusion(Verdict.INCONCLUSIVE, (reason,), True)
    support = Counter(value for values in decided if len(values) == 1 for value in values)
    for value, behind in support.items():
        if behind >= quorum and 2 * behind > len(decided):
            against = len(decided) - behind
            reason = f"{behind} of {len(decided)} deciding examiners say {words(value)}."
            dissent = (f"{against} of them say otherwise.",) if against else ()
            return Conclusion(value, (reason, *dissent), False)
    if len(support) == 1 and support.total() == len(decided):
        reason = f"{len(decided)} of {quorum} examiners decided: another verdict is needed."
    else:
        reason = "The examiners disagree: another verdict is needed."
    return Conclusion(Verdict.INCONCLUSIVE, (reason,), True)


def overall(conclusions: Sequence[Conclusion]) -> Verdict | None:
    """The worst conclusion over all exhibits; None while one of them, or every one, is wanting."""
    values = [conclusion.value for conclusion in conclusions]
    if None in values:
        return None
    return next((verdict for verdict in WORST_FIRST if verdict in values), None)


def words(verdict: Verdict) -> str:
    """The verdict as people read it."""
    if verdict is Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS:
        return "genuine packaging with counterfeit contents"
    return verdict.value.replace("_", " ")


def _wanting(
    verdict: Verdict, findings: Sequence[Finding], grave: Sequence[Finding], limits: str
) -> list[str]:
    match verdict:
        case Verdict.COUNTERFEIT:
            if not grave:
                return ["Counterfeit needs at least one major or critical finding: add it."]
        case Verdict.GENUINE:
            if grave:
                return ["Genuine contradicts a major or critical finding: change one of them."]
        case Verdict.INCONCLUSIVE:
            if not limits.strip():
                return ["Inconclusive needs its limits: state what kept you from deciding."]
        case Verdict.GREY_MARKET:
            if any(finding.code is FindingCode.CONTENTS_SUBSTITUTED for finding in findings):
                return ["Grey market goods are genuine: the contents cannot be substituted."]
        case Verdict.ALTERED_GENUINE:
            if not findings:
                return ["Altered genuine needs a finding that shows the alteration: add it."]
        case Verdict.GENUINE_PACKAGING_COUNTERFEIT_CONTENTS:
            objections: list[str] = []
            if not any(finding.aspect is Aspect.CONTENTS for finding in grave):
                objections.append("This verdict needs a major finding on the contents: add it.")
            if any(finding.aspect is Aspect.PACKAGING for finding in grave):
                objections.append(
                    "A major finding on the packaging contradicts genuine packaging: "
                    "choose counterfeit or change the finding."
                )
            return objections
    return []
