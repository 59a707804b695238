"""Categories of goods and their shot lists: read by many, changed by the administrator."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.programme import programme
from casework.shots import relisting
from casework.shots.shotcheck import PHYSICAL
from casework.views import categories as views
from casework.views.categories import CategoryPage
from portal.fields import Fields, fields
from portal.pages import again, done, page
from portal.visit import act, database, number
from rules.shotlists import Asked, Change
from rules.shots import SHOT_LISTS, Wording

router = APIRouter(prefix="/categories")
FIELD = "shot:"
"""A field of the list's form is named by this and the shot's code."""


@router.get("", name="categories")
def categories(request: Request) -> HTMLResponse:
    """Every category with its shot list, and the form for a new one."""
    rows = views.categories(database(request))
    return page(
        request,
        "programme/categories.html",
        rows=rows,
        shot_lists=tuple(SHOT_LISTS),
        physical=PHYSICAL,
    )


@router.get("/{category_id}", name="category")
def category(request: Request) -> HTMLResponse:
    """One category: its shot list as a form, and what the buyer is asked."""
    view = views.category(database(request), number(request, "category_id"))
    return _show(request, view)


@router.post("", name="category_add")
@again(categories)
def category_add(request: Request) -> Response:
    """Take a category of goods in."""
    form = fields(request)
    name, shot_list = form.text("name", limit=80), form.option("shot_list", tuple(SHOT_LISTS))
    form.check()
    made = programme.set_category(
        database(request),
        act(request),
        name=name,
        shot_list=shot_list,
        physical=form.raw("physical") == "yes",
        new=True,
    )
    return done(f"/categories/{made}", "saved")


@router.post("/{category_id}/shots", name="category_shots")
@again(category)
def category_shots(request: Request) -> Response:
    """Ask for shots in another way, each change a version."""
    form, at = fields(request), number(request, "category_id")
    seen, reason = form.number("version", least=1), form.text("reason", limit=300)
    wanted = _wanted(form, views.category(database(request), at))
    form.check()
    relisting.arrange(database(request), act(request), at, seen=seen, wanted=wanted, reason=reason)
    return done(f"/categories/{at}", "relisted")


@router.post("/{category_id}/look", name="category_look")
@again(category)
def category_look(request: Request) -> Response:
    """What the buyer would be asked; nothing is changed."""
    form, view = fields(request), views.category(database(request), number(request, "category_id"))
    seen, wanted = form.number("version", least=1), _wanted(form, view)
    form.check()
    ahead = relisting.look_ahead(database(request), view.number, seen=seen, wanted=wanted)
    return _show(request, view, replace(view, version=ahead, phases=views.phases(ahead.listed)))


@router.post("/{category_id}/own", name="category_shot_add")
@again(category)
def category_shot_add(request: Request) -> Response:
    """Put a shot of the category's own on its list."""
    form, at = fields(request), number(request, "category_id")
    shot, (english, chinese) = form.text("shot", limit=3), _words(form)
    form.check()
    kinds = (Change.ADD, Change.REQUIRE) if form.raw("required") == "yes" else (Change.ADD,)
    _change(request, at, *kinds, shot=shot, english=english, chinese=chinese)
    return done(f"/categories/{at}", "relisted")


@router.post("/{category_id}/words", name="category_reword")
@again(category)
def category_reword(request: Request) -> Response:
    """Give a shot the category's own words; what is left out stays as it is."""
    form, at = fields(request), number(request, "category_id")
    shot, (english, chinese) = form.text("shot", limit=3), _words(form)
    form.check()
    _change(request, at, Change.REWORD, shot=shot, english=english, chinese=chinese)
    return done(f"/categories/{at}", "relisted")


@router.post("/{category_id}", name="category_set")
@again(category)
def category_set(request: Request) -> Response:
    """Choose another base list, or whether its exhibits travel."""
    form, at = fields(request), number(request, "category_id")
    shot_list, reason = form.option("shot_list", tuple(SHOT_LISTS)), form.text("reason", limit=300)
    form.check()
    programme.set_category(
        database(request),
        act(request),
        name=views.name_of(database(request), at),
        shot_list=shot_list,
        physical=form.raw("physical") == "yes",
        reason=reason,
    )
    return done(f"/categories/{at}", "saved")


def _show(request: Request, view: CategoryPage, ahead: CategoryPage | None = None) -> HTMLResponse:
    return page(
        request,
        "programme/category.html",
        view=view,
        asked=ahead or view,
        looking=ahead is not None,
        chosen_of={
            line.shot.code: line.asked for phase in (ahead or view).phases for line in phase.shots
        },
        shot_lists=tuple(SHOT_LISTS),
        physical=PHYSICAL,
    )


def _wanted(form: Fields, view: CategoryPage) -> dict[str, Asked]:
    """How each shot is to be asked for; one the form does not name stays as it is."""
    codes = [line.shot.code for phase in view.phases for line in phase.shots]
    named = [code for code in codes if form.raw(FIELD + code)]
    return {code: form.word(FIELD + code, Asked) for code in named}


def _words(form: Fields) -> tuple[Wording, Wording]:
    """A shot's words in English and in Chinese, as far as they were given."""
    limits = {"title": 80, "instruction": 300, "example": 300}
    english, chinese = (
        Wording(*(form.maybe(name + ending, limit=most) or "" for name, most in limits.items()))
        for ending in ("", "_zh")
    )
    return english, chinese


def _change(
    request: Request, at: int, *kinds: Change, shot: str, english: Wording, chinese: Wording
) -> None:
    name = views.name_of(database(request), at)
    relisting.change(
        database(request),
        act(request),
        name,
        *kinds,
        shot=shot.upper(),
        english=english,
        chinese=chinese,
    )
