"""The register of races is held against the tests: each scenario has its test at every size, and its control or a reason."""

import ast
from pathlib import Path

import pytest

from tests.figures.races import REGISTER, nodes

ROOT = Path(__file__).resolve().parents[2]


def function(node: str) -> ast.FunctionDef:
    """The test that a node names."""
    path, _, name = node.partition("::")
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    found = [each for each in body if isinstance(each, ast.FunctionDef) and each.name == name]
    assert len(found) == 1, f"{node} is not there once"
    return found[0]


def test_there_are_at_least_25_scenarios_each_of_its_own():
    assert len(REGISTER) >= 25
    assert len({each.what for each in REGISTER}) == len(REGISTER)
    assert len({each.test for each in REGISTER}) == len(REGISTER)


@pytest.mark.parametrize("scenario", REGISTER, ids=lambda each: each.what)
def test_a_scenario_has_its_test_at_every_size(scenario):
    sizes = " ".join(ast.unparse(each) for each in function(scenario.test).decorator_list)
    if scenario.sizes == "2, 8, 32":
        assert "CROWDS" in sizes or "8, 32" in sizes
    else:
        assert len(scenario.sizes) > 10, "a reason is a sentence"


@pytest.mark.parametrize("scenario", REGISTER, ids=lambda each: each.what)
def test_a_scenario_has_a_control_or_says_why_not(scenario):
    if "::" in scenario.control:
        assert function(scenario.control).name.startswith("test_control_")
    else:
        assert len(scenario.control) > 20, "a reason is a sentence"


def test_every_control_belongs_to_a_scenario():
    written = {
        f"{path.relative_to(ROOT)}::{each.name}"
        for path in (ROOT / "tests").rglob("test_*races.py")
        for each in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_control_")
    }
    # This one is about a kill in the middle and not about two at once.
    alone = {
        "tests/records/test_projection_races.py::test_control_without_a_transaction_the_counts_are_wrong"
    }
    assert written - alone <= set(nodes())
