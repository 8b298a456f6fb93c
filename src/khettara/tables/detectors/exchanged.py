"""Day and month in each other's place, told by another date of the row: admitted 2024-05-03 and left 2024-03-07, that is admitted 2024-03-05.

The date itself reads well, so `mixed_dates` cannot see it. Where one date cannot come after another, and exchanging day and month
of one of them puts the row in order with a gap as others have, the exchange is the cause.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.models import measured_columns, sample_rows
from khettara.tables.phrases import say
from khettara.tables.relations import Order, mine_orders

CLEARER = 0.75
"""Of the rows that an exchange mends, the share that must be in one of the two columns."""


def find_exchanged_days(seen: Examination) -> Iterator[Found]:
    """Dates that come in order once day and month of one of them are exchanged, and of one only."""
    sample = {column: values for column, values in measured_columns(seen, sample_rows(seen.records), known=0.3).items() if column.is_date}
    by_name = {column.name: column for column in sample}
    for order in list(mine_orders(sample)):
        values = {name: by_name[name].read(seen) for name in (order.first, order.second)}
        rows = np.flatnonzero(order.broken(values))
        held = {name: days[rows] for name, days in values.items()}
        turned = {name: order.exchanged(name, held) for name in held}
        mends = {
            name: np.isfinite(turned[name]) & ~np.isfinite(turned[other])
            for name, other in ((order.first, order.second), (order.second, order.first))
        }
        for name, here in mends.items():
            # exchanging the days of a date that is wrong otherwise mends a row by chance, whichever date is tried
            if here.any() and here.sum() >= CLEARER * sum(other.sum() for other in mends.values()):
                yield _found(order, name, rows[here], turned[name][here].astype(np.int64).astype("datetime64[D]").astype(str).tolist())


def _found(order: Order, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]], dates: list[str]) -> Found:
    cause = say(
        en="{n:row has|rows have} day and month of {column} exchanged: as written, {first} comes after {second}.",
        fr="{n:ligne a|lignes ont} le jour et le mois de {column} intervertis : tel quel, {first} vient après {second}.",
        ar="{n:سطر واحد|سطران|سطور|سطرًا} تبادل فيها اليوم والشهر في «{column}»: كما كُتبت، «{first}» بعد «{second}».",
        n=len(rows),
        column=name,
        first=order.first,
        second=order.second,
    )
    remedy = say(
        en="Exchange day and month in {column}.",
        fr="Remettre le jour et le mois à leur place dans {column}.",
        ar="إعادة اليوم والشهر إلى موضعيهما في «{column}».",
        column=name,
    )
    return Found("mixed_dates", (name,), rows, cause, 0.9, ("Con-ML-3", "Con-ML-4"), Repair("replace", remedy, {name: pa.array(dates, pa.string())}))
