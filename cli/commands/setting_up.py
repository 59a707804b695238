"""The commands that set a programme up: its people, brands, agencies and deadlines."""

from typing import Annotated

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, ready
from rules.access import SecondFactorPolicy
from rules.lifecycle import Stage
from rules.roles import Role

app = typer.Typer()
LONGEST_DAYS = 3650


@app.command("create-user")
def create_user(
    name: str,
    email: str,
    roles: Annotated[list[Role], typer.Option("--role", help="May be given several times.")],
    brands: Annotated[
        list[str] | None, typer.Option("--brand", help="For authenticators, desks.")
    ] = None,
    home: Home = HOME,
) -> None:
    """Open an account and print an address that logs it in for a day."""
    from datetime import timedelta

    from casework.people import access
    from casework.settings import Settings
    from cli.processes.listing import portal_address

    db = ready(home)
    administrator = act(Role.ADMINISTRATOR)
    try:
        person = access.create_person(db, administrator, name, email, None, roles, brands or [])
        token = access.make_link(db, administrator, person, timedelta(days=1))
    except Refused as refused:
        fail(*refused.reasons)
    address = portal_address(home)
    if address is None:
        console.print("The portal is not up from this folder yet: start it with `testbuy up`.")
        address = Settings(home=home).public_url.rstrip("/") or "http://127.0.0.1:8400"
    console.print(f"{name} may log in for a day by {address}/link/{token}", soft_wrap=True)


@app.command("reset-second-factor")
def reset_second_factor(email: str, home: Home = HOME) -> None:
    """Take away the second factor of whoever lost device and recovery codes; it is recorded."""
    from casework.people import second_factor

    db = ready(home)
    try:
        second_factor.reset(db, act(Role.ADMINISTRATOR), second_factor.owner(db, email))
    except Refused as refused:
        fail(*refused.reasons)
    console.print(f"The second factor of {email} is taken away; their log-ins are ended.")


@app.command("second-factor")
def set_second_factor(policy: SecondFactorPolicy, home: Home = HOME) -> None:
    """Say whether those who approve, judge or refer must have a second factor or may have one."""
    from casework.programme import programme

    programme.set_policy(ready(home), act(Role.ADMINISTRATOR), "second_factor", policy)
    console.print(f"A second factor is {policy} for those who approve, judge or refer.")


@app.command("add-brand")
def add_brand(rights_holder: str, brand: str, home: Home = HOME) -> None:
    """Take a brand into the programme; flags of other brands are rejected."""
    from casework.programme import programme

    administrator = act(Role.ADMINISTRATOR)
    programme.add_brand(ready(home), administrator, rights_holder=rights_holder, brand=brand)
    console.print(f"{brand} of {rights_holder} is in the programme.")


@app.command("add-agency")
def add_agency(
    name: str,
    jurisdiction: Annotated[str, typer.Argument(help="The country's two letters.")],
    home: Home = HOME,
) -> None:
    """Take in an agency that gets the referrals of a jurisdiction."""
    from casework.programme import programme

    administrator = act(Role.ADMINISTRATOR)
    programme.add_agency(ready(home), administrator, name=name, jurisdiction=jurisdiction.upper())
    console.print(f"{name} gets the referrals of {jurisdiction.upper()}.")


@app.command("set-category")
def set_category(
    name: Annotated[str, typer.Argument(help="As the feeds name it.")],
    shots: Annotated[str, typer.Option(help="Its shot list: full or short.")] = "short",
    physical: Annotated[
        bool, typer.Option(help="Authenticators need the thing itself: its exhibits travel.")
    ] = False,
    home: Home = HOME,
) -> None:
    """Take in a category of goods, or change its shot list and basis of examination."""
    from casework.programme import programme

    administrator = act(Role.ADMINISTRATOR)
    programme.set_category(
        ready(home), administrator, name=name, shot_list=shots, physical=physical
    )
    basis = "the thing itself" if physical else "photos"
    console.print(f"{name}: the {shots} shot list, examined by {basis}.")


@app.command("set-retention")
def set_retention(
    outcome: Annotated[str, typer.Argument(help="An outcome's word (docs/glossary.md), or any.")],
    months: Annotated[int, typer.Argument(min=0, help="Months an exhibit is kept.")],
    evidence_months: Annotated[int, typer.Argument(min=0, help="Months its evidence is kept.")],
    source: Annotated[str, typer.Option(help="What the period rests on.")],
    country: Annotated[str, typer.Option(help="Two letters; without it: any.")] = "",
    verified: Annotated[bool, typer.Option("--verified", help="Counsel has checked it.")] = False,
    reason: Annotated[str, typer.Option(help="Why it is set now.")] = "",
    home: Home = HOME,
) -> None:
    """Set how long exhibits and evidence are kept once all that rests on them has ended."""
    from casework.keeping import retaining
    from rules.retention import ANY, Period

    administrator = act(Role.ADMINISTRATOR)
    try:
        period = Period(
            country.upper() or ANY, ANY if outcome == "any" else outcome, months, evidence_months,
            administrator.now.date(), None, source, verified,
        )  # fmt: skip
        retaining.set_period(ready(home), administrator, period, reason)
    except Refused as refused:
        fail(*refused.reasons)
    except ValueError as error:
        fail(str(error))
    console.print(f"{outcome}: exhibits {months} months, evidence {evidence_months}, from today.")


@app.command("set-deadline")
def set_deadline(
    stage: Stage,
    remind_days: Annotated[float, typer.Argument(help="Days until somebody is reminded.")],
    escalate_days: Annotated[float, typer.Argument(help="Days until somebody above is told.")],
    home: Home = HOME,
) -> None:
    """Set how long a stage may wait."""
    from datetime import timedelta

    from casework.programme import programme

    if not (0 < remind_days <= LONGEST_DAYS and 0 < escalate_days <= LONGEST_DAYS):
        fail(f"Give both as a number of days, above 0 and at most {LONGEST_DAYS}.")
    try:
        programme.set_deadline(
            ready(home),
            act(Role.ADMINISTRATOR),
            stage,
            remind_after=timedelta(days=remind_days),
            escalate_after=timedelta(days=escalate_days),
        )
    except Refused as refused:
        fail(*refused.reasons)
    console.print(
        f"{stage}: reminded after {remind_days:g} days, escalated after {escalate_days:g}."
    )
