"""What goes into a bundle: photos, copies, files of the vault, papers, and what is named only.

Owns the shapes that a caller fills in. Leaves where each lies in the bag to `bundle`, and who is
given what to the caller.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence import ledger
from evidence.vault import Vault

ENGLISH, CHINESE = "en", "zh"


@dataclass(frozen=True, slots=True)
class Original:
    """A photo to put in as it was received: shot code, digest in the vault, media type."""

    shot: str
    digest: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A smaller JPEG of a photo, without metadata: its shot code, its own digest in the vault, and
    the digest of the original it was made from, which need not go in.
    """

    shot: str
    digest: str
    made_from: str


@dataclass(frozen=True, slots=True)
class Masked(Preview):
    """A copy with what identifies the buyer covered; `made_from` is its original, which stays."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of the vault under a name of its own, read in pieces: a film, a document, a capture.

    `shot`: what it was handed in for; it then counts among the evidence as a photo does.
    """

    name: str
    digest: str
    shot: str | None = None


@dataclass(frozen=True, slots=True)
class Shown(Filed):
    """A picture that the seller of a test buy showed or sent; `made_from`: of a copy, the digest of
    the file it was made from. It counts not among the evidence that our own people took.
    """

    testbuy: str = ""
    made_from: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A file that is not in the bundle, or in its inner bag alone: what, its digest, and why.

    `inner_name`: how it is called in the inner bag. `instead`: what stands for it in the bundle.
    """

    kind: str
    digest: str
    reason: str
    testbuy: str
    shot: str | None = None
    inner_name: str | None = None
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes in. `ledger` are the whole chains of one or more subjects, each in order; `facts`
    any JSON; `organisation` who answers for it; `generated_at` aware.

    `sellers` are the pictures of sellers that a link rests on. `further` are documents beside the
    dossier, `statements` PDFs, by name. `stamps` are time stamps (DER) of captures, by the
    capture's name. `chat` has the form of docs/bundle.md, as `anchors`, the bytes of
    data/anchors.json. `sealed_bag` is an encrypted inner bag, or where it lies. `front` makes
    START-HERE.html of the index. `seal` is given the bytes of tagmanifest-sha256.txt; what it gives
    goes to signatures/, by name, and is in no manifest: it is made of them.
    """

    reference: str
    organisation: str
    generated_at: datetime
    vault: Vault
    originals: tuple[Original, ...]
    dossier: bytes
    ledger: tuple[ledger.Entry, ...]
    facts: Mapping[str, Any]
    previews: tuple[Preview, ...] = ()
    further: Mapping[str, bytes] = field(default_factory=dict)
    masked: tuple[Masked, ...] = ()
    statements: Mapping[str, bytes] = field(default_factory=dict)
    papers: tuple[Filed, ...] = ()
    captures: tuple[Filed, ...] = ()
    stamps: Mapping[str, bytes] = field(default_factory=dict)
    videos: tuple[Filed, ...] = ()
    certificates: tuple[Filed, ...] = ()
    sellers: tuple[Shown, ...] = ()
    chat: Mapping[str, Any] | None = None
    disclosure: Mapping[str, Any] = field(default_factory=dict)
    withheld: tuple[Withheld, ...] = ()
    anchors: bytes | None = None
    sealed_bag: bytes | Path | None = None
    language: str = ENGLISH
    front: Callable[[Mapping[str, Any]], bytes] | None = None
    seal: Callable[[bytes], Mapping[str, bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The zip's digest, the number of payload files, its size in bytes, and the digest of its
    tagmanifest-sha256.txt, which fixes every file in it and is what a signature covers.
    """

    digest: str
    files: int
    size: int
    tagmanifest_digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as a bundle would hold it. `from_vault`: it is there already, bit for bit; of another
    digest and size are those of its content now, and it is made anew when the bundle is written.
    """

    name: str
    digest: str
    size: int
    from_vault: bool
