"""The API against its own document: whatever is sent, it answers as it says it does.

What is sent is drawn from the document, right and wrong, seeded; it goes over a real socket, to
what is really there and to what is not.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from rules.roles import Role
from tests.portal.small_world import World
from tests.portal.test_api import api

pytestmark = pytest.mark.long

load_all_checks()
LEFT_OUT = {
    "positive_data_acceptance": "a rule may refuse what the document allows",
    "use_after_free": "needs calls in a row",
    "ensure_resource_availability": "needs calls in a row",
    "object_level_authorization": "test_api.py goes through whose is what",
}
CHECKED = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
DRAWN = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("person", ["both", Role.AUTHENTICATOR])
def test_every_answer_is_one_the_document_names(world: World, person: str) -> None:
    client = api(world, person)
    client.timeout = 60
    url = str(client.base_url).rstrip("/")
    schema = schemathesis.openapi.from_url(f"{url}/api/v1/openapi.json")
    headers = {"authorization": client.headers["authorization"]}
    really = {
        "reference": world.testbuys["judged"],
        "public_id": world.examinations[world.testbuys["examined"]],
        "exhibit": "PB/1",
    }
    seen: dict[str, set[int]] = {}
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) > 15
    wrong: list[str] = []
    for operation in operations:
        parameters = {each.name for each in operation.path_parameters}
        there = {key: value for key, value in really.items() if key in parameters}
        answers = seen.setdefault(operation.label, set())
        for mode in GenerationMode:
            for fixed in [{}, there] if there else [{}]:
                strategy = operation.as_strategy(mode, path_parameters=fixed or None)
                try:
                    _ask(strategy, headers, answers)
                except Unsatisfiable:
                    assert mode is GenerationMode.NEGATIVE, operation.label
                except (AssertionError, FailureGroup) as failed:
                    wrong.append(f"{operation.label}, {mode}: {failed}")
    assert wrong == [], "\n".join(wrong)
    assert {200, 403, 404, 422} <= set().union(*seen.values()), seen


def _ask(strategy: object, headers: dict[str, str], answers: set[int]) -> None:
    @DRAWN
    @given(case=strategy)
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers=headers, timeout=60)
        answers.add(answer.status_code)
        case.validate_response(answer, checks=CHECKED, headers=headers)

    ask()
