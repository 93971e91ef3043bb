"""Leximin by levels, caps and dual prices against one value at a time, on small programs."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from negotiation.scoring.mediator.leximin import Values, leximin
from negotiation.scoring.mediator.matrices import Matrix
from negotiation.scoring.mediator.program import Infeasible, Program, is_feasible
from negotiation.scoring.mediator.watch import Watch


def program(matrix: list[list[float]], slack: list[float], low: list[float], high: list[float]) -> Program:
    rows = Matrix(np.array(matrix, dtype=float).reshape(len(slack), len(low)))
    whole = np.zeros(len(low), dtype=np.bool_)
    return Program(rows, np.array(slack, dtype=float), np.array(low, dtype=float), np.array(high, dtype=float), whole)


def values(matrix: list[list[float]], start: list[float], weight: list[float]) -> Values:
    return Values(Matrix(np.array(matrix, dtype=float)), np.array(start, dtype=float), np.array(weight, dtype=float))


def plain_leximin(given: Program, found: Values) -> list[float]:
    """Raise all that are open, then fix each that cannot be raised alone."""
    count, columns = len(found), given.columns
    floors: dict[int, float] = {}

    def solve(objective: list[float], level: float | None) -> float | None:
        """Maximise over z and t; v ≥ t (or ≥ level) for open values, v ≥ floor for fixed ones."""
        rows, right = [], []
        for number in range(count):
            t = 1.0 if number not in floors and level is None else 0.0
            least = floors.get(number, level if level is not None else 0.0)
            row = found.matrix[[number]].toarray()[0]
            rows.append([*(-row), t * found.weight[number]])
            right.append(found.start[number] - (0.0 if t else found.weight[number] * (least - 1e-8)))
        for row, slack in zip(given.matrix.toarray(), given.slack, strict=True):
            rows.append([*(-row), 0.0])
            right.append(slack)
        bounds = [*zip(given.low, given.high, strict=True), (None, 1e6)]
        answer = linprog([-value for value in objective], A_ub=rows, b_ub=right, bounds=bounds)
        return None if answer.status else -answer.fun

    while len(floors) < count:
        level = solve([0.0] * columns + [1.0], None)
        assume(level is not None)
        for number in [number for number in range(count) if number not in floors]:
            row = found.matrix[[number]].toarray()[0] / found.weight[number]
            most = solve([*row, 0.0], level)
            assume(most is not None)  # else within the solver's tolerance
            if most + found.start[number] / found.weight[number] <= level + 1e-6:
                floors[number] = level
    return [floors[number] for number in range(count)]


whole = st.integers(-3, 3)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Program, Values]:
    """A feasible program (z = 0 is inside) with up to 5 columns, 4 rows and 8 values, mostly degenerate."""
    columns, rows, count = draw(st.integers(1, 5)), draw(st.integers(0, 4)), draw(st.integers(1, 8))
    entries = st.lists(whole, min_size=columns, max_size=columns)
    numbers = st.integers(0, 6)
    given = program(
        draw(st.lists(entries, min_size=rows, max_size=rows)),
        draw(st.lists(numbers, min_size=rows, max_size=rows)),
        [-float(draw(numbers)) for _ in range(columns)],
        [float(draw(numbers)) for _ in range(columns)],
    )
    found = values(
        draw(st.lists(entries, min_size=count, max_size=count)),
        draw(st.lists(whole, min_size=count, max_size=count)),
        draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)),
    )
    return given, found


@settings(max_examples=50)
@given(problems())
def test_levels_are_those_of_one_value_at_a_time(problem: tuple[Program, Values]) -> None:
    assert leximin(*problem, Watch()).levels == pytest.approx(plain_leximin(*problem), abs=3e-4)


@settings(max_examples=50)
@given(problems())
def test_some_point_has_all_levels_at_once(problem: tuple[Program, Values]) -> None:
    assert is_feasible(leximin(*problem, Watch()).program)


def test_shared_budget_is_split_evenly_above_the_caps() -> None:
    """10 among z ≤ 1, z ≤ 9, z ≤ 9: 1, 4.5, 4.5."""
    levels = leximin(
        program([[-1, -1, -1]], [10], [0, 0, 0], [1, 9, 9]),
        values([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0], [1, 1, 1]),
        Watch(),
    ).levels
    assert levels == pytest.approx([1, 4.5, 4.5], abs=1e-5)


def test_value_that_no_column_moves_stops_nobody() -> None:
    levels = leximin(
        program([[-1, -1]], [2], [0, 0], [9, 9]), values([[0, 0], [1, 0], [0, 1]], [-7, 0, 0], [1] * 3), Watch()
    ).levels
    assert levels == pytest.approx([-7, 1, 1], abs=1e-5)


def test_zero_prices_do_not_close_what_can_rise() -> None:
    """v1 = z1 and v2 = 1 − z1 share a column; v3 = z2 is at the same level in some optima only."""
    levels = leximin(
        program([], [], [0, 0], [1, 3]), values([[1, 0], [-1, 0], [0, 1]], [0, 1, 0], [1] * 3), Watch()
    ).levels
    assert levels == pytest.approx([0.5, 0.5, 3], abs=1e-5)


def test_weights_divide() -> None:
    levels = leximin(program([[-1, -1]], [3], [0, 0], [9, 9]), values([[1, 0], [0, 1]], [0, 0], [2, 1]), Watch()).levels
    assert levels == pytest.approx([1, 1], abs=1e-5)


def test_program_without_a_point_is_infeasible() -> None:
    with pytest.raises(Infeasible):
        leximin(program([[1.0]], [-5], [0], [1]), values([[1]], [0], [1]), Watch())


def test_many_values_with_caps_of_their_own_take_few_levels() -> None:
    """300 caps, one budget: the level is where the filled caps and the level of the others add up to the budget."""
    caps = [Fraction(number, 10) for number in range(1, 301)]
    told: list[str] = []
    eye = np.eye(300).tolist()
    levels = leximin(
        program([[-1.0] * 300], [2000], [0] * 300, [float(cap) for cap in caps]),
        values(eye, [0] * 300, [1] * 300),
        Watch(told.append),
    ).levels
    height = max(levels)
    assert sum(levels) == pytest.approx(2000, abs=1e-3)
    assert levels == pytest.approx([min(float(cap), height) for cap in caps], abs=1e-5)
    assert len(told) <= 3
