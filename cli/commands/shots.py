"""`testbuy shots`: the shot list of each category of goods."""

from typing import Annotated

import typer

from casework.errors import Refused
from cli.terminal import HOME, Home, act, console, fail, present, ready
from rules.roles import Role
from rules.shotlists import Change
from rules.shots import Wording

app = typer.Typer(
    help="The shot list of each category of goods; a change counts for what is launched after it.",
    no_args_is_help=True,
)

Category = Annotated[str, typer.Argument(help="As the feeds name it.")]
Code = Annotated[str, typer.Argument(help="The shot, as I06; a new one from U50 or I50 on.")]
Title = Annotated[str, typer.Option(help="What it is called.")]
Instruction = Annotated[str, typer.Option(help="What the buyer is told to show.")]
Example = Annotated[str, typer.Option(help="An example of it, in words.")]
TitleZh = Annotated[str, typer.Option("--title-zh", help="The same in Chinese.")]
InstructionZh = Annotated[str, typer.Option("--instruction-zh")]
ExampleZh = Annotated[str, typer.Option("--example-zh")]


@app.command("list")
def show(
    category: Annotated[str | None, typer.Argument(help="One category; all without.")] = None,
    home: Home = HOME,
) -> None:
    """Show the lists in force, with their versions."""
    from casework.shots import shotlists

    try:
        found = shotlists.lists(present(home), category)
    except Refused as refused:
        fail(*refused.reasons)
    for each in found:
        since = f"since {each.since:%Y-%m-%d %H:%M} UTC" if each.since else "as it began"
        console.print(
            f"{each.category}: version {each.version}, {since}, from the {each.listed.name} list"
        )
        for word, codes in (("required", each.listed.required), ("optional", each.listed.optional)):
            for code in codes:
                shot, own = each.listed.shot(code), each.listed.worded(code)
                chinese = f"  {own.chinese.title}" if own and own.chinese.title else ""
                example = f" For example: {shot.example}" if shot.example else ""
                console.print(
                    f"  {code}  {word}  {shot.title}{chinese}: {shot.instruction}{example}"
                )
        for code, reason in each.listed.relaxed:
            console.print(f"  {code} was made optional: {reason}")


@app.command()
def add(
    category: Category, code: Code, title: Title = "", instruction: Instruction = "",
    example: Example = "", title_zh: TitleZh = "", instruction_zh: InstructionZh = "",
    example_zh: ExampleZh = "",
    required: Annotated[bool, typer.Option("--required", help="No move without it.")] = False,
    home: Home = HOME,
) -> None:  # fmt: skip
    """Put a shot on the list: a default one it lacks, or one of the category's own."""
    kinds = (Change.ADD, Change.REQUIRE) if required else (Change.ADD,)
    english = Wording(title, instruction, example)
    _change(
        home,
        category,
        code,
        *kinds,
        english=english,
        chinese=Wording(title_zh, instruction_zh, example_zh),
    )


@app.command()
def require(category: Category, code: Code, home: Home = HOME) -> None:
    """Make a shot required."""
    _change(home, category, code, Change.REQUIRE)


@app.command()
def relax(
    category: Category, code: Code,
    reason: Annotated[str, typer.Option(help="Why; every dossier prints it.")],
    home: Home = HOME,
) -> None:  # fmt: skip
    """Make a required shot optional, with the reason."""
    _change(home, category, code, Change.RELAX, reason=reason)


@app.command()
def reword(
    category: Category, code: Code, title: Title = "", instruction: Instruction = "",
    example: Example = "", title_zh: TitleZh = "", instruction_zh: InstructionZh = "",
    example_zh: ExampleZh = "", home: Home = HOME,
) -> None:  # fmt: skip
    """Give a shot the category's own words; what is left out stays as it is."""
    english = Wording(title, instruction, example)
    _change(
        home,
        category,
        code,
        Change.REWORD,
        english=english,
        chinese=Wording(title_zh, instruction_zh, example_zh),
    )


def _change(
    home: Home, category: str, code: str, *kinds: Change,
    english: Wording | None = None, chinese: Wording | None = None, reason: str = "",
) -> None:  # fmt: skip
    from casework.shots import relisting

    try:
        made = relisting.change(
            ready(home), act(Role.ADMINISTRATOR), category, *kinds, shot=code.upper(),
            english=english or Wording(), chinese=chinese or Wording(), reason=reason,
        )  # fmt: skip
    except Refused as refused:
        fail(*refused.reasons)
    console.print(
        f"{made.category}: version {made.version} counts for test buys launched from now on."
    )
