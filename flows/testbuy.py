"""The way of a test buy, one step a line.

Each run starts at the top, passes what the row says is done, carries out what is due, and ends
where the test buy waits for somebody: the name of its state says for what. Read this file first,
`rules/lifecycle.py` second, `casework/move.py` third.
"""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from casework.buying import assigning, buyers, campaigns, requesting
from casework.clock import deadlines
from casework.examinations import copying
from casework.referring import answering, referring
from casework.sanctioning import deciding
from casework.verdicts import judging
from flows.carrying import carry, drawing, move, outside
from tasks import capturing, ordering, sending

WAY = (
    move(campaigns.heed_withdrawal),
    move(requesting.authorise_by_campaign),
    # An order that a person has given up.
    outside(ordering.cancel_order),
    outside(ordering.check_listing),
    move(assigning.assign),
    # A buyer's account may have been closed since.
    move(buyers.mind),
    # Shops may have been linked since, and a persona meets no operator twice.
    move(assigning.reassign),
    outside(capturing.capture_pages),
    outside(ordering.place_order),
    # The buyer orders by hand, receives and documents; the clerk takes in.
    drawing(copying.draw_close_copies),
    move(judging.submit),
    # The authenticator seals a verdict, or asks for another photo.
    move(judging.conclude),
    move(deciding.decide),
    outside(ordering.gather_sales),
    move(referring.consider),
    # The liaison approves.
    outside(sending.send_referral),
    # The agency answers.
    move(answering.close_answered),
)


@flow(name="testbuy", flow_run_name="{reference}")
def testbuy(reference: str, wakeup: str | None = None) -> State[Any]:
    """Carry the test buy `reference` as far as it goes. `wakeup` is what owed this run."""
    return carry(reference, wakeup, WAY, last=move(deadlines.mind))
