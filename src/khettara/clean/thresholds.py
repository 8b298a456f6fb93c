"""The thresholds inside rules: which signal is compared with which number, and the same rule with another number.

thresholds("n_words >= 5 and lang != 'und'")  ->  [Threshold(signal='n_words', op='>=', value=5, start=11, end=12)]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_OPS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Threshold:
    """`signal op value`, and where the number stands in the expression."""

    signal: str
    op: str
    value: float
    start: int
    end: int

    def moved(self, expression: str, value: float) -> str:
        """The expression with another number here.

        >>> keep = "n_words >= 5 and n_c1 == 0"
        >>> thresholds(keep)[0].moved(keep, 8)
        'n_words >= 8 and n_c1 == 0'
        """
        return f"{expression[: self.start]}{value:.6g}{expression[self.end :]}"

    def boundary(self, whole_numbers: bool) -> list[float]:
        """Where the line runs between what the comparison accepts and what it does not: between two numbers, where they are whole.

        >>> thresholds("n_words >= 5")[0].boundary(whole_numbers=True)
        [4.5]
        """
        if not whole_numbers:
            return [self.value]
        if self.op in ("==", "!="):
            return [self.value - 0.5, self.value + 0.5]
        return [self.value - 0.5 if self.op in (">=", "<") else self.value + 0.5]


def thresholds(expression: str) -> list[Threshold]:
    """Every comparison of a column with a number, in the order in which they stand."""
    found: list[Threshold] = []
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
                found += _threshold(expression, left, op, right)
    return sorted(found, key=lambda threshold: threshold.start)


def _threshold(expression: str, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Iterator[Threshold]:
    sign = _OPS.get(type(op))
    if sign is None:
        return
    if isinstance(right, ast.Name):
        left, right, sign = right, left, _TURNED[sign]
    value = _number(right)
    if isinstance(left, ast.Name) and value is not None:
        yield Threshold(left.id, sign, value, *_place(expression, right))


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    return None


def _place(expression: str, node: ast.expr) -> tuple[int, int]:
    """Where the node stands, in characters; `ast` counts lines, and bytes within them."""
    lines = expression.splitlines(keepends=True)
    ends = ((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
    start, end = (sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:byte].decode()) for line, byte in ends)
    return start, end
