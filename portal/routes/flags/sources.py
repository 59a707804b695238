"""Sources of flags, and how often each was right."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from casework.views import sources as views
from portal.pages import page
from portal.spreadsheets import sheet
from portal.visit import database

router = APIRouter()


@router.get("/sources", name="sources")
def sources(request: Request) -> HTMLResponse:
    """Every source with what came of its flags."""
    return page(request, "flags/sources.html", rows=views.sources(database(request)))


@router.get("/sources.csv", name="sources_csv")
def sources_csv(request: Request) -> Response:
    """The same as a table; shares from 0 to 1 at 95 %, empty where nothing was concluded."""
    head = (
        "source", "model", "model_version", "flags", "bought", "counterfeit", "genuine",
        "inconclusive", "otherwise", "ended_early", "precision", "low", "high", "method",
    )  # fmt: skip
    rows = views.sources(database(request))
    return sheet("sources.csv", head, map(_as_row, rows))


def _as_row(line: views.SourceLine) -> tuple[object, ...]:
    found = line.precision
    told = ("", "", "", "")
    if found is not None:
        told = (f"{found.value:.4f}", f"{found.low:.4f}", f"{found.high:.4f}", found.method)
    return (*line.counted, *told)
