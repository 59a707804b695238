"""Answers of an authority that are not what was asked for, and stamps judged at their own time."""

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from evidence import signatures, timestamps
from simulator.authority import Authority

DATA = b"0123  data/photos/R01-0123.jpg\n"
BEGAN, ENDED = datetime(2019, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
THEN = datetime(2020, 6, 1, 12, tzinfo=UTC)
POLICY = "1.3.6.1.4.1.4146.2.2"


@pytest.fixture(scope="module")
def pair():
    """An authority's key and certificate that was valid for two years, which are over."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Long ago")])
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(BEGAN)
        .not_valid_after(ENDED)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


class Strange(DummyTimeStamper):
    """An authority that signs what it is told to say."""

    changes: dict

    def _build_tst_info(self, message_imprint, dt, req):
        said = super()._build_tst_info(message_imprint, dt, req)
        for field, value in {"accuracy": {"seconds": 1}, **self.changes}.items():
            said[field] = value
        return said


@pytest.fixture
def answer(pair):
    """`answer(query, at, **changes)`: an answer with the fields of its TSTInfo changed."""
    key, certificate = pair
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def make(query: bytes, at: datetime = THEN, **changes) -> bytes:
        own = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        authority = Strange(own, keys.PrivateKeyInfo.load(der), fixed_dt=at)
        authority.changes = changes
        return authority.request_tsa_response(tsp.TimeStampReq.load(query)).dump()

    return make


@pytest.fixture(params=["rfc3161-client", "openssl ts"])
def reader(request, monkeypatch):
    """Both readers judge alike; openssl is asked where the strict one can't read."""

    def refuse(_):
        raise ValueError("not strict DER")

    if request.param == "openssl ts":
        monkeypatch.setattr(timestamps, "decode_timestamp_response", refuse)
    return request.param


def test_what_has_expired_since_was_good_then(pair, answer, reader):
    _, certificate = pair
    query = timestamps.request(DATA)
    given = answer(query)
    for stamp in (
        timestamps.answered(given, query, [certificate]),
        timestamps.read(given, DATA, [certificate]),
    ):
        assert (stamp.at, stamp.read_by, stamp.accuracy) == (THEN, reader, timedelta(seconds=1))
    # Named twice, as a file of roots may hold it.
    assert timestamps.read(given, DATA, [certificate, certificate]).at == THEN


@pytest.mark.parametrize("at", [BEGAN - timedelta(days=1), ENDED + timedelta(days=1)])
def test_a_stamp_of_a_time_its_certificate_was_not_valid_at_is_none(pair, answer, reader, at):
    query = timestamps.request(DATA)
    with pytest.raises(timestamps.NoStamp, match="no valid stamp"):
        timestamps.answered(answer(query, at), query, [pair[1]])


IMPRINT = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"x" * 32}
OTHER_KIND = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": b"x" * 64}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": 5}, "another question.*another one"),
        ({"nonce": None}, "another question.*has none"),
        ({"message_imprint": IMPRINT}, "stamps something else"),
        ({"message_imprint": OTHER_KIND}, "stamps something else"),
        ({"policy": "1.2.3.4"}, f"policy 1.2.3.4, not .*{POLICY}"),
    ],
)
def test_an_answer_that_is_not_to_the_question_is_refused(pair, answer, reader, changes, why):
    query = timestamps.request(DATA, policy=POLICY)
    assert timestamps.answered(answer(query), query, [pair[1]]).policy == POLICY
    with pytest.raises(timestamps.NoStamp, match=why):
        timestamps.answered(answer(query, **changes), query, [pair[1]])


def test_an_authority_may_leave_its_accuracy_to_its_policy(pair, answer, reader):
    query = timestamps.request(DATA)
    assert timestamps.answered(answer(query, accuracy=None), query, [pair[1]]).accuracy is None


def test_an_answer_given_before_is_not_the_answer_to_the_same_question_again(pair, answer):
    first, second = timestamps.request(DATA), timestamps.request(DATA)
    assert first != second
    with pytest.raises(timestamps.NoStamp, match="another question"):
        timestamps.answered(answer(first), second, [pair[1]])


def test_a_changed_byte_anywhere_in_what_is_said_is_seen(pair, answer, reader):
    query = timestamps.request(DATA)
    given = bytearray(answer(query))
    at = given.index(b"20200601120000Z")
    given[at : at + 4] = b"2019"
    with pytest.raises(timestamps.NoStamp, match="no valid stamp"):
        timestamps.answered(bytes(given), query, [pair[1]])


def test_a_refusal_is_told_in_the_authoritys_words(pair, tmp_path):
    query = timestamps.request(DATA, policy="1.2.3.4")
    refused = Authority(tmp_path).answer(query)
    with pytest.raises(timestamps.NoStamp, match=r"rejection: .*policy.*unaccepted_policy"):
        timestamps.answered(refused, query, [pair[1]])


@pytest.mark.parametrize("cut", [0, 1, 5, 60, 400, -1])
def test_what_is_no_answer_is_said_to_be_none(pair, answer, cut):
    query = timestamps.request(DATA)
    with pytest.raises(timestamps.NoStamp, match="no answer of a time-stamp authority"):
        timestamps.answered(answer(query)[:cut], query, [pair[1]])


def test_two_answers_in_one_are_none(pair, answer):
    query = timestamps.request(DATA)
    with pytest.raises(timestamps.NoStamp, match="no answer of a time-stamp authority"):
        timestamps.answered(answer(query) * 2, query, [pair[1]])


def test_a_dossier_takes_no_strangers_stamp(answer, tmp_path):
    """The stamp in a PDF is what the caller verified, or the PDF is not signed so."""
    signer = signatures.make("Desk", "A Marketplace", THEN, timedelta(days=9))
    from evidence.dossier import render
    from tests.evidence.sample_dossier import sample

    plain = render(sample())

    def stamp(digest: bytes, algorithm: str) -> bytes:
        return answer(timestamps.request_for(digest, algorithm))

    def refuse(digest: bytes, algorithm: str) -> bytes:
        raise timestamps.NoStamp("It is no valid stamp of this data.")

    stamped = signatures.sign_pdf(plain, signer, reason="Made", now=THEN, stamp=stamp)
    assert b"Long ago".hex().encode() in stamped.lower()
    with pytest.raises(signatures.SigningError, match="no valid stamp"):
        signatures.sign_pdf(plain, signer, reason="Made", now=THEN, stamp=refuse)
