"""The shape of a condition is what it says apart from its values; like ones share a statement.

`number == 5` and `number == 7` are one shape with one value each. Comparisons of a column with a
value, a short list or a constant have a shape, and so have sums of a column and a value; anything
else (joins, subqueries) has none and is built and executed each time by SQLAlchemy.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import (
    BinaryExpression,
    BindParameter,
    False_,
    Null,
    True_,
    UnaryExpression,
)
from sqlalchemy.sql.operators import desc_op, in_op, not_in_op

_CONSTANTS = (Null, True_, False_)
_LISTS = (in_op, not_in_op)
_LONGEST_LIST = 8
"""Longer lists come in many lengths, and each would be a shape of its own."""


class Shape(NamedTuple):
    """A column, what is done with it, and with what: a constant, a number of values, or one."""

    column: sa.Column[Any]
    operator: Callable[..., Any]
    operand: Any = None


class Shapeless(Exception):  # noqa: N818 - no failure: SQLAlchemy builds the statement then
    """A clause that shares no statement with others."""


def shape_of(clause: Any, values: list[Any]) -> Shape:
    """The shape of `clause`; its values are added to `values`. Raises Shapeless."""
    if type(clause) is not BinaryExpression or not isinstance(column := clause.left, sa.Column):
        raise Shapeless
    operand = clause.right
    if isinstance(operand, _CONSTANTS):
        return Shape(column, clause.operator, operand)
    # A value of another type than the column's is SQLAlchemy's to convert.
    if not isinstance(operand, BindParameter) or operand.type is not column.type:
        raise Shapeless
    value: Any = operand.value
    if not operand.expanding:
        values.append(value)
        return Shape(column, clause.operator)
    if clause.operator not in _LISTS or not 0 < len(value) <= _LONGEST_LIST:
        raise Shapeless
    values.extend(value)
    return Shape(column, clause.operator, len(value))


def clause_of(shape: Shape, names: Iterator[str]) -> sa.ColumnElement[Any]:
    """The clause of a shape, with parameters of the next `names`, as many as it has values."""
    column, operator, operand = shape
    if isinstance(operand, _CONSTANTS):
        return operator(column, operand)
    if operand is None:
        return operator(column, _parameter(next(names), column))
    return operator(column, [_parameter(next(names), column) for _ in range(operand)])


def order_of(clause: Any) -> Shape:
    """The shape of a column in ORDER BY, rising or falling. Raises Shapeless."""
    if isinstance(clause, sa.Column):
        return Shape(clause, sa.asc)
    falling = isinstance(clause, UnaryExpression) and clause.modifier is desc_op
    if falling and isinstance(clause.element, sa.Column):
        return Shape(clause.element, sa.desc)
    raise Shapeless


def _parameter(name: str, column: sa.Column[Any]) -> BindParameter[Any]:
    return sa.bindparam(name, type_=column.type)
