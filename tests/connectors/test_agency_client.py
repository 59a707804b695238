"""The agency's client against the simulated agency."""

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from connectors.agency import (
    AgencyOutcomeUnknown,
    AgencyRefused,
    AgencyUnreachable,
    HttpAgency,
    PackageUnreadable,
    ReferralPackage,
)
from connectors.http import Timeouts

BUNDLE = bytes(range(256)) * 4_000
DIGEST = f"sha256:{hashlib.sha256(BUNDLE).hexdigest()}"
_numbers = count()


@pytest.fixture
def key():
    return f"referral:{next(_numbers)}"


@pytest.fixture
def agency(servers):
    quick = Timeouts(connect_s=5, read_s=1.5, total_s=3, upload_s=3)
    with HttpAgency(servers.agency.url, timeouts=quick) as client:
        yield client


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(BUNDLE)
    return ReferralPackage("RF-2026-000003", {"operator": "Liu", "note": "手表"}, DIGEST, path)


def receipts(servers, key):
    return [each for each in servers.agency.ledger("receipt") if each["key"] == key]


def test_a_referral_is_received_acknowledged_and_accepted(agency, servers, key, package):
    received = agency.submit(key, package)
    assert (received.state, received.reference) == ("received", "RF-2026-000003")
    time.sleep(0.25)
    assert agency.by_key(key).state == "acknowledged"
    time.sleep(0.25)
    accepted = agency.by_key(key)
    assert (accepted.state, accepted.number) == ("accepted", received.number)
    (receipt,) = receipts(servers, key)
    assert (receipt["bundle_bytes"], receipt["bundle_digest"]) == (len(BUNDLE), DIGEST)
    assert receipt["summary"] == package.summary


def test_an_agency_may_tell_of_its_acknowledgement_before_its_decision(agency, key, package):
    agency.submit(key, ReferralPackage("RF-1", {"operator": "Deng"}, DIGEST, package.bundle_path))
    time.sleep(0.3)
    assert [agency.by_key(key).state for _ in range(2)] == ["acknowledged", "accepted"]


def test_a_referral_can_be_declined_with_a_reason(agency, key, package):
    about_zhao = ReferralPackage("RF-1", {"operator": "Zhao"}, DIGEST, package.bundle_path)
    agency.submit(key, about_zhao)
    time.sleep(0.3)
    declined = agency.by_key(key)
    assert (declined.state, declined.reason) == ("declined", "Below the threshold.")
    assert declined.reason_code == "below_threshold"


def test_a_package_that_is_not_its_digest_is_turned_away_and_leaves_the_key_free(
    agency, servers, key, package
):
    other = ReferralPackage("RF-1", {}, f"sha256:{'0' * 64}", package.bundle_path)
    with pytest.raises(AgencyRefused) as refusal:
        agency.submit(key, other)
    assert refusal.value.code == "digest_mismatch"
    assert agency.by_key(key) is None
    assert agency.submit(key, package).state == "received"


def test_one_key_is_one_referral_however_many_submit_at_once(servers, key, package):
    def submit(_: int) -> str:
        with HttpAgency(servers.agency.url) as client:
            return client.submit(key, package).number

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(submit, range(6)))) == 1
    assert len(receipts(servers, key)) == 1


def test_a_key_is_for_one_referral_only(agency, key, package):
    agency.submit(key, package)
    with pytest.raises(AgencyRefused) as refusal:
        agency.submit(key, ReferralPackage("RF-9", {}, DIGEST, package.bundle_path))
    assert refusal.value.code == "key_reused"


@pytest.mark.parametrize(
    "kind",
    [
        "reset_after_commit",
        "hang_after_commit",
        "error_500_after_commit",
        "truncated_json",
        "html",
        "another_answer",
        "slow_drip",
    ],
)
def test_a_referral_without_usable_answer_is_unknown_and_found_by_its_key(
    agency, servers, key, package, kind
):
    servers.agency.misbehave(kind, "/referrals")
    with pytest.raises(AgencyOutcomeUnknown):
        agency.submit(key, package)
    found = agency.by_key(key)
    assert agency.submit(key, package).number == found.number
    assert len(receipts(servers, key)) == 1


@pytest.mark.parametrize("kind", ["reset_before_commit", "unavailable_503"])
def test_a_referral_that_never_arrived_is_unknown_too(agency, servers, key, package, kind):
    servers.agency.misbehave(kind, "/referrals")
    with pytest.raises(AgencyOutcomeUnknown):
        agency.submit(key, package)
    assert agency.by_key(key) is None
    assert not receipts(servers, key)


def test_the_whole_bundle_goes_again_after_a_busy_answer(agency, servers, key, package):
    servers.agency.misbehave("busy_429", "/referrals")
    agency.submit(key, package)
    assert receipts(servers, key)[0]["bundle_bytes"] == len(BUNDLE)


def test_a_missing_bundle_is_said_before_anything_is_sent(agency, servers, key, tmp_path):
    with pytest.raises(PackageUnreadable):
        agency.submit(key, ReferralPackage("RF-1", {}, DIGEST, tmp_path / "none.zip"))
    assert agency.by_key(key) is None


def test_an_agency_that_is_away_got_nothing(key, package):
    with HttpAgency("http://127.0.0.1:9") as agency, pytest.raises(AgencyUnreachable):
        agency.submit(key, package)
