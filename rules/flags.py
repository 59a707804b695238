"""What a flag suspects: counterfeits, or orders made up to lift a rating (domain: section 1)."""

from enum import StrEnum


class FlagKind(StrEnum):
    """What a flag is about. Only a suspicion of counterfeits is looked into by buying."""

    COUNTERFEIT = "counterfeit"
    BRUSHING = "brushing"
