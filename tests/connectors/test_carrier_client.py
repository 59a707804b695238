"""The carrier's client against the simulated carrier."""

import time

import httpx
import pytest

from connectors.carrier import (
    CarrierProtocolError,
    CarrierUnreachable,
    HttpCarrier,
    ParcelUnknown,
)
from connectors.http import Timeouts

SENDER = {"name": "Liu", "address": "Luohu, Shenzhen", "phone": None}


@pytest.fixture
def carrier(servers):
    quick = Timeouts(connect_s=5, read_s=1.5, total_s=3)
    with HttpCarrier(servers.carrier.url, timeouts=quick) as client:
        yield client


def hand_in(servers, number, fate, then_s=0.2):
    parcel = {"tracking_number": number, "sender": SENDER, "fate": fate, "then_s": then_s}
    httpx.post(f"{servers.carrier.url}/parcels", json=parcel, trust_env=False).raise_for_status()


@pytest.mark.parametrize(
    ("fate", "states"),
    [
        ("ships", ["announced", "in_transit", "delivered"]),
        ("lost", ["announced", "in_transit", "lost"]),
        ("refused_parcel", ["announced", "in_transit", "refused", "returned"]),
    ],
)
def test_a_parcel_goes_its_way(carrier, servers, fate, states):
    hand_in(servers, f"T-{fate}", fate)
    assert carrier.track(f"T-{fate}").state in ("announced", "in_transit")
    time.sleep(0.5)
    tracking = carrier.track(f"T-{fate}")
    assert [event.state for event in tracking.events] == states
    assert tracking.state == states[-1]
    assert tracking.changed_at == tracking.events[-1].at
    assert (tracking.sender.name, tracking.sender.phone) == ("Liu", None)


def test_a_parcel_handed_in_twice_keeps_its_first_way(carrier, servers):
    hand_in(servers, "T-twice", "ships", 0.0)
    hand_in(servers, "T-twice", "lost", 0.0)
    assert carrier.track("T-twice").state == "delivered"


def test_an_unknown_number_is_told_apart_from_a_carrier_that_is_away(carrier, servers):
    with pytest.raises(ParcelUnknown):
        carrier.track("T-none")
    servers.carrier.misbehave("unavailable_503", "/parcels", times=3)
    with pytest.raises(CarrierUnreachable):
        carrier.track("T-none")


@pytest.mark.parametrize("kind", ["html", "truncated_json", "wrong_types", "another_answer"])
def test_a_broken_answer_is_a_protocol_error(carrier, servers, kind):
    hand_in(servers, "T-broken", "ships")
    servers.carrier.misbehave(kind, "/parcels/")
    with pytest.raises(CarrierProtocolError):
        carrier.track("T-broken")
