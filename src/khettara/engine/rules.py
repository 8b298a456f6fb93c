"""Rules are data: a name, an expression over the columns of a record, and the reason why.

    - rule: too_short
      keep: n_words >= 5 and lang in ["ary", "arb", "fr"]
      because: fewer than five words teach a model nothing

An expression is written as in Python: comparisons (also chained), `and`, `or`, `not`, `in`, arithmetic, text and number
constants, `a.b` for a field of a struct, and the functions `is_null(x)`, `matches(x, "pattern")`, `length(x)`.
A comparison with a missing value is not true, so the record is set aside, with the value `null`.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator

from khettara.errors import RecipeError

Value = Any
"""An Arrow array or scalar: pyarrow has no types that a checker could read."""

_COMPARE: dict[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: pc.add,
    ast.Sub: pc.subtract,
    ast.Mult: pc.multiply,
    ast.Div: lambda a, b: pc.divide(pc.cast(a, pa.float64()), pc.cast(b, pa.float64())),
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Value]]] = {
    "is_null": (1, pc.is_null),
    "matches": (2, lambda text, pattern: pc.match_substring_regex(text, pattern=pattern.as_py())),
    "length": (1, pc.utf8_length),
}


class Rule(BaseModel):
    """One rule of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(min_length=1)
    keep: str
    because: str = Field(min_length=1)

    @field_validator("keep")
    @classmethod
    def _reads(cls, keep: str) -> str:
        Expression(keep)
        return keep


class Expression:
    """A parsed `keep` expression.

    >>> import pyarrow as pa
    >>> Expression('n >= 2 and lang in ["ary"]')({"n": pa.array([1, 3, None]), "lang": pa.array(["ary", "ary", "ary"])}).to_pylist()
    [False, True, False]
    """

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self._body = ast.parse(source, mode="eval").body
        except SyntaxError as error:
            raise ValueError(f"expression {source!r} does not read: {error.msg}") from error
        _check(self._body, source)
        self.columns = sorted({node.id for node in ast.walk(self._body) if isinstance(node, ast.Name) and node.id not in _FUNCTIONS})
        if not self.columns:
            raise ValueError(f"expression {source!r} names no column, so it would keep all records or none")

    def __call__(self, columns: Mapping[str, pa.Array]) -> pa.BooleanArray:
        """True for each record to keep. Raises `RecipeError` where types do not fit."""
        rows = len(next(iter(columns.values())))
        try:
            value = _evaluate(self._body, columns)
            if not _is_yes_or_no(value.type):
                raise pa.ArrowInvalid(f"its value is {value.type}, which is neither yes nor no")
            if isinstance(value, pa.Scalar):
                value = pa.repeat(value, rows)
            return pc.fill_null(value.cast(pa.bool_()), False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError, OverflowError) as error:
            raise RecipeError(f"expression {self.source!r} does not fit its columns: {error}") from error

    def check_columns(self, known: Iterable[str]) -> None:
        """Raise `RecipeError` naming the nearest column for one that does not exist."""
        names = list(known)
        for column in self.columns:
            if column not in names:
                raise RecipeError(
                    f"expression {self.source!r} names {column!r}, which no column and no signal is called",
                    hint=nearest(column, names),
                )


def _is_yes_or_no(kind: pa.DataType) -> bool:
    """Whether values of this type keep or leave out a record; numbers do, as in Python."""
    return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind))


MOST_NAMES = 24
"""More than these are not listed where a likely one is known: nobody reads them."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the likeliest meant word, and all of them, or of many the near ones.

    >>> nearest("scrb", ["scrub", "words"])
    "Did you mean 'scrub'? Known: scrub, words."
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=5)
    if not close:
        return f"Known: {', '.join(names)}."
    if len(names) > MOST_NAMES:
        return f"Did you mean {close[0]!r}? Of {len(names)} known names the nearest: {', '.join(close)}."
    return f"Did you mean {close[0]!r}? Known: {', '.join(names)}."


def _check(node: ast.expr, source: str) -> None:
    """Refuse anything but the small language of the module's description."""
    match node:
        case ast.BoolOp(values=parts):
            pass
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=part):
            parts = [part]
        case ast.Compare(left=left, ops=ops, comparators=right) if all(type(op) in _COMPARE or isinstance(op, ast.In | ast.NotIn) for op in ops):
            lists = [operand for op, operand in zip(ops, right, strict=True) if isinstance(op, ast.In | ast.NotIn)]
            if not all(_is_list_of_constants(operand) for operand in lists):
                raise ValueError(f"expression {source!r}: `in` needs a list of constants in brackets")
            parts = [operand for operand in (left, *right) if operand not in lists]
            if any(isinstance(part, ast.Constant) and part.value is None for part in parts):
                raise ValueError(f"expression {source!r}: whether a value is missing is asked with is_null(x)")
        case ast.BinOp(left=left, op=operator, right=right_) if type(operator) in _ARITHMETIC:
            parts = [left, right_]
        case ast.Attribute(value=part):
            parts = [part]
        case ast.Name(id=name) if name in _FUNCTIONS:
            raise ValueError(f"expression {source!r}: {name} is a function, written {name}(...)")
        case ast.Name() | ast.Constant():
            parts = []
        case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in _FUNCTIONS:
            if len(parts) != _FUNCTIONS[name][0]:
                raise ValueError(f"expression {source!r}: {name} takes {_FUNCTIONS[name][0]} argument(s)")
            if name == "matches":
                _check_pattern(parts[1], source)
        case _:
            raise ValueError(f"expression {source!r}: `{ast.unparse(node)}` is not part of the rules' language")
    for part in parts:
        _check(part, source)


def _is_list_of_constants(node: ast.expr) -> bool:
    if not isinstance(node, ast.List | ast.Tuple):
        return False
    items = [item.operand if isinstance(item, ast.UnaryOp) and isinstance(item.op, ast.USub) else item for item in node.elts]
    return all(isinstance(item, ast.Constant) for item in items)


def _check_pattern(node: ast.expr, source: str) -> None:
    """Try the pattern on no text, so that a mistake in it shows before any work is done."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        raise ValueError(f"expression {source!r}: matches takes a pattern in quotes")
    try:
        pc.match_substring_regex(pa.array([""]), pattern=node.value)
    except pa.ArrowInvalid as error:
        raise ValueError(f"expression {source!r}: {error}") from error


def _evaluate(node: ast.expr, columns: Mapping[str, pa.Array]) -> Any:
    match node:
        case ast.Constant(value=value):
            return pa.scalar(value)
        case ast.Name(id=name):
            return columns[name]
        case ast.Attribute(value=inner, attr=name):
            return pc.struct_field(_evaluate(inner, columns), name)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return pc.invert(_evaluate(operand, columns))
        case ast.UnaryOp(operand=operand):
            return pc.negate(_evaluate(operand, columns))
        case ast.BoolOp(op=ast.And(), values=values):
            return _fold(pc.and_kleene, [_evaluate(value, columns) for value in values])
        case ast.BoolOp(values=values):
            return _fold(pc.or_kleene, [_evaluate(value, columns) for value in values])
        case ast.BinOp(left=left, op=operator, right=right):
            return _ARITHMETIC[type(operator)](_evaluate(left, columns), _evaluate(right, columns))
        case ast.Call(func=ast.Name(id=name), args=args):
            return _FUNCTIONS[name][1](*(_evaluate(arg, columns) for arg in args))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            operands = [left, *comparators]
            return _fold(pc.and_kleene, [_compare(op, a, b, columns) for op, a, b in zip(ops, operands, operands[1:], strict=False)])
    raise AssertionError(f"unchecked expression {ast.dump(node)}")


def _compare(op: ast.cmpop, left: ast.expr, right: ast.expr, columns: Mapping[str, pa.Array]) -> Any:
    value = _evaluate(left, columns)
    if isinstance(op, ast.In | ast.NotIn):
        members = [element.as_py() for element in (_evaluate(item, columns) for item in getattr(right, "elts", []))]
        value_set = pa.array(members, value.type)
        if pa.types.is_integer(value.type) and value_set.to_pylist() != members:
            raise pa.ArrowInvalid(f"{members} are not all whole numbers")  # Arrow would take 1.5 for 1
        found = pc.is_in(value, value_set=value_set)
        found = pc.if_else(pc.is_valid(value), found, pa.scalar(None, pa.bool_()))
        return pc.invert(found) if isinstance(op, ast.NotIn) else found
    return _COMPARE[type(op)](value, _evaluate(right, columns))


def _fold(function: Callable[[Any, Any], Any], values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


def seen(expression: Expression, columns: Mapping[str, pa.Array]) -> list[str]:
    """What the expression saw in each record, as text.

    >>> seen(Expression("n > 2"), {"n": pa.array([1, None])})
    ['n=1', 'n=null']
    """
    said = ([f"{name}={'null' if value is None else _short(value)}" for value in columns[name].to_pylist()] for name in expression.columns)
    return [", ".join(row) for row in zip(*said, strict=True)]


def _short(value: object) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
