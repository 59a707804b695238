"""One test buy as it lies there: its row, its chain of entries, and what these noted.

Owns reading the facts of the entries. Leaves what is held against them to `casework.record.looks`
and `casework.record.beside`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.ledger import Entry
from evidence.vault import Vault
from storage.session import Transaction
from storage.tables import TestBuy


@dataclass(frozen=True, slots=True)
class Kept:
    """One test buy as it lies there."""

    tx: Transaction
    vault: Vault
    testbuy: TestBuy
    chain: Sequence[Entry]

    def noted(self) -> Iterator[dict[str, Any]]:
        """The facts of each entry that can be read; of others the look at the chain tells."""
        for entry in self.chain:
            try:
                facts = json.loads(entry.body)["facts"]
            except (ValueError, KeyError, TypeError):
                continue
            if isinstance(facts, dict):
                yield facts
