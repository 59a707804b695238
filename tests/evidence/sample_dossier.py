"""One full dossier, as the watch case of a programme would give it."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from evidence import dossier as d
from evidence.digests import set_of, sha256_of

START = datetime(2026, 10, 5, 8, 15, tzinfo=UTC)


def picture(number: int, size: tuple[int, int] = (1008, 756)) -> bytes:
    """A drawn photo, unlike every other."""
    drawn = Image.new("RGB", size, (150 + 7 * (number % 12), 160, 190 - 9 * (number % 12)))
    pen = ImageDraw.Draw(drawn)
    for ring in range(6):
        edge = 40 * ring + 11 * number % 37
        pen.ellipse(
            (edge, edge, size[0] - edge, size[1] - edge), outline=(40, 30 * ring, 60), width=9
        )
    out = BytesIO()
    drawn.save(out, "JPEG", quality=80)
    return out.getvalue()


SHOTS = (
    ("P01", "Listing with address and clock"),
    ("P05", "Checkout, payee and total"),
    ("R01", "Unopened parcel, all sides, with case card"),
    ("R02", "Shipping label, legible"),
    ("R04", "Seals and tape"),
    ("U03", "Contents laid out, with scale"),
    ("U05", "Retail packaging, all sides"),
    ("I01", "Item overall, with scale"),
    ("I02", "Trade mark close-up"),
    ("I04", "Workmanship close-up"),
    ("I05", "Colour with a neutral card"),
    ("B02", "Sealed bag, seal number legible"),
)


FRAMES = {
    "U05": (d.Frame("1", "packaging inconsistent (major)", 0.1, 0.12, 0.42, 0.3),),
    "I04": (
        d.Frame("2", "workmanship rough (major)", 0.3, 0.25, 0.5, 0.5),
        d.Frame("2", "workmanship rough (major)", 0.62, 0.6, 0.8, 0.78),
    ),
    "I05": (d.Frame("3", "colour abnormal (minor), the whole photo", 0, 0, 1, 1),),
}


def sample(**changes: object) -> d.Dossier:
    """The dossier of a watch found counterfeit and referred; `changes` replace fields."""

    def at(days: float) -> datetime:
        return START + timedelta(days=days)

    photos = tuple(
        d.Photo(
            shot,
            title,
            "2026-10-14 16:21:09, UTC+08:00" if n % 3 else "2026-10-14 16:20:55, zone unknown",
            at(9 + n / 100),
            sha256_of(picture(n)),
            picture(n, (756, 1008) if n % 5 == 2 else (1008, 756)),
            ("Capture time without a zone; accepted by the clerk.",) if n == 3 else (),
            FRAMES.get(shot, ()),
        )
        for n, (shot, title) in enumerate(SHOTS)
    )
    verdict = d.Verdict(
        exhibit="AS/1",
        examiner="M. Keller",
        examiner_role="authenticator of the rights holder",
        basis="physical examination",
        verdict="Counterfeit",
        confidence="high",
        findings=(
            d.Finding(
                "packaging",
                "packaging inconsistent",
                "major",
                "Print of the inner box is offset by 2 mm; see U05.",
                "1",
                ("U05",),
            ),
            d.Finding(
                "contents",
                "workmanship rough",
                "major",
                "Burrs on the case back; stones glued, not set; see I04.",
                "2",
                ("I04",),
            ),
            d.Finding(
                "contents",
                "colour abnormal",
                "minor",
                "Plating is yellower than the reference sample under D65; see I05.",
                "3",
                ("I05",),
            ),
        ),
        method="Compared with two reference pieces under a loupe.",
        reasons="The engraving is shallow and the stones are glued.",
        limits="The movement was not opened.",
        sealed_at=at(16),
        digest=sha256_of(b"verdict"),
        examination="cm477k5k7dp6tgw6axxglm",
        employer="Swarovski AG",
        qualification="Watchmaker (federal certificate, 2009); twelve years of quality control",
        authority="Letter of authority of Swarovski AG, 2 January 2026, no. 2026-017",
        interest="Employed by the rights holder since 2014. No other interest.",
        reference_samples="Two pieces of model 5519312 from current production",
        seals_seen="0047113, whole; opened on camera; sealed again as 0047114",
        statement="in the bundle, under statements/",
        signed=(
            d.SignedCopy("handed in by L. Zhou (clerk) on 23 October 2026", sha256_of(b"signed")),
        ),
    )
    content = {
        "reference": "TB-2026-000017",
        "title": "A Swarovski watch from “Crystal Time”",
        "brand": "Swarovski",
        "shop": "Crystal Time Store",
        "operator": "Operator 7, two shops",
        "stage_index": 8,
        "early_end": None,
        "conclusion": "Counterfeit, by one verdict on physical examination.",
        "summary": (
            "On 5 October 2026 a model of the platform flagged a listing of the shop Crystal Time "
            "Store at a third of the usual price. A mystery buyer bought one watch as an ordinary "
            "customer on 8 October for 299.00 CNY.",
            "The parcel was received unopened on 14 October, photographed, opened on camera, "
            "bagged under seal and sent to the rights holder, whose authenticator found the "
            "packaging inconsistent, the workmanship rough and the colour abnormal.",
            "The test buy was referred to the Luohu District police on 22 October, who "
            "acknowledged it the same day.",
        ),
        "rows": (
            d.Row("Listing", "L-88213, “Crystalline Aura watch”"),
            d.Row("Price paid", "299.00 CNY (genuine: 1,890.00 CNY)"),
            d.Row("Campaign", "Watches, autumn 2026; approved by a governance approver"),
            d.Row("Exhibit", "AS/1, sealed bag 0047113"),
            d.Row("Buyer", "withheld; commitment in the ledger"),
        ),
        "orders": (
            d.OrderAttempt(1, at(2), "6022 1187 3390", "299.00 CNY", "cancelled by the seller"),
            d.OrderAttempt(2, at(3), "6022 1187 4471", "299.00 CNY", "delivered on 14 October"),
        ),
        "custody": (
            d.CustodyEntry(
                "AS/1",
                at(9.2),
                "mystery buyer",
                "evidence clerk L. Zhou",
                "taken in",
                "Desk 2, Shenzhen",
                "",
                "0047113",
                "sealed, unharmed",
            ),
            d.CustodyEntry(
                "AS/1",
                at(11),
                "evidence clerk L. Zhou",
                "carrier, SF1234567890123",
                "to the rights holder",
                "Shenzhen",
                "0047113",
                "",
                "sealed",
            ),
            d.CustodyEntry(
                "AS/1",
                at(14),
                "carrier, SF1234567890123",
                "rights holder’s desk, M. Keller",
                "examination",
                "Männedorf",
                "",
                "0047113",
                "seal intact, 84 g",
            ),
        ),
        "verdicts": (verdict,),
        "photos": photos,
        "moves": tuple(
            d.Move(move, at(n * 1.9), role)
            for n, (move, role) in enumerate(
                (
                    ("request", "analyst"),
                    ("authorise", "programme (campaign)"),
                    ("assign", "programme"),
                    ("place order", "buyer"),
                    ("order again", "programme"),
                    ("place order", "buyer"),
                    ("receive", "buyer"),
                    ("document", "clerk"),
                    ("submit", "programme"),
                    ("judge", "programme"),
                    ("refer", "programme"),
                )
            )
        ),
        "remarks": (
            d.Remark(
                "photo refused", at(9), "R02 was out of focus; taken again two minutes later."
            ),
            d.Remark(
                "waiver",
                at(9.5),
                "R05 (weight) was not taken. Supervisor: the parcel was already open.",
            ),
        ),
        "referral": d.Referral(
            "RF-2026-000004",
            "Luohu District police, Shenzhen",
            "acknowledged",
            (d.Row("Agency’s number", "LH-2026-3381"),),
        ),
        "gauge": (
            d.GaugeLine(
                "CN art. 214, sales",
                "met",
                "Sales of 71,240.00 CNY over both shops; the threshold is 50,000.00 CNY.",
            ),
            d.GaugeLine(
                "CN art. 214, unsold goods", "unknown", "No record of stock with a source exists."
            ),
        ),
        "index": tuple(
            d.IndexEntry(p.digest, f"photos/{p.shot}-{p.digest[7:15]}.jpg", 1_306_949 + 7919 * n)
            for n, p in enumerate(photos)
        ),
        "evidence_set": set_of(p.digest for p in photos),
        "ledger_head": sha256_of(b"head"),
        "parties": (
            d.Row("Brand", "Swarovski"),
            d.Row("Shop", "Crystal Time Store"),
            d.Row("Buyer", "withheld"),
        ),
        "valuations": (
            d.Row("At the counterfeit's price", "71,240.00 CNY"),
            d.Row("At the genuine price", "unknown"),
        ),
        "disclosed": tuple(
            d.Disclosed(
                f"TB-2026-{17 + n:06d}",
                "refused photo" if n % 2 else "test buy: not counterfeit",
                at(n),
                f"Line {n}: " + "its sentence " * (n % 5 + 1) + sha256_of(b"%d" % n),
            )
            for n in range(40)
        ),
        "withheld": ("The buyer's name and address.",),
        "glance": (
            d.Row("Exhibit", "AS/1, seal 0047113"),
            d.Row("Where", "Crystal Time Store on taobao"),
            d.Row("Who", "Operator 7 (OP-0007)"),
            d.Row("Paid", "CNY 299.00"),
            d.Row("Bought", "8 October 2026"),
            d.Row("Arrived", "14 October 2026"),
            d.Row("Unboxed", "14 October 2026"),
            d.Row("Examined by", "M. Keller, Swarovski AG"),
            d.Row("Referred", "RF-2026-000004, Luohu District police, Shenzhen"),
        ),
        "ledger_entries": 31,
        "anchor": d.Anchor(
            sha256_of(b"root"),
            1_204,
            at(17.9),
            "https://tsa.example/tsr",
            head=sha256_of(b"earlier head"),
            entry=29,
            head_root=sha256_of(b"root"),
        ),
        "generated_at": at(18),
        "organisation": "Test-buy programme",
    }
    return d.Dossier(**{**content, **changes})  # type: ignore[arg-type]
