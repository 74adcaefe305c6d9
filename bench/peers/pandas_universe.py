"""A daily universe of the top ranks by median quote volume, made by pandas from a Parquet file.

Arguments: Parquet file with date, symbol, quote_volume and trade_count; first and last rebalancing day; ranks; buffer;
days of the window; minimum age. Prints the elapsed seconds, the CPU seconds and a digest of its rows as JSON. It follows
the rules of `bfa universe`: windows of calendar days end on the previous day and begin no earlier than the first file,
days without a bar count as 0, equal values rank by name, members stay until they fall below the buffer.
"""

import hashlib
import json
import struct
import sys
import time

import numpy as np
import pandas as pd

path, first_day, last_day, top, buffer, window, min_age = sys.argv[1:]
top, buffer, window, min_age = int(top), int(buffer), int(window), int(min_age)

started, cpu_started = time.perf_counter(), time.process_time()
bars = pd.read_parquet(path)
bars["date"] = pd.to_datetime(bars["date"])
wide = bars.pivot(index="date", columns="symbol", values="quote_volume")
wide = wide.reindex(pd.date_range(wide.index.min(), last_day)).sort_index(axis=1)
trades = bars.pivot(index="date", columns="symbol", values="trade_count").reindex(wide.index)[wide.columns]
first = wide.notna().to_numpy().argmax(axis=0)
# Days before a symbol's first bar are not part of a window; later days without a bar count as 0.
began = wide.notna().cummax()
median = wide.fillna(0).where(began).rolling(window, min_periods=1).median().where(trades.gt(0)).shift(1)
days = np.arange(len(wide.index))
age = pd.DataFrame(days[:, None] - first[None, :], index=wide.index, columns=wide.columns)
values = median.where(age.ge(min_age)).loc[first_day:last_day]
ranks = values.rank(axis=1, method="first", ascending=False)
held = np.zeros(len(wide.columns), dtype=bool)
chosen = []
for row in ranks.to_numpy():
    with np.errstate(invalid="ignore"):
        held = (row <= top) | (held & (row <= top + buffer))
    chosen.append(held)
day, column = np.nonzero(np.array(chosen))
rows = pd.DataFrame(
    {
        "date": ranks.index[day],
        "symbol": ranks.columns[column],
        "rank": ranks.to_numpy()[day, column],
        "value": values.to_numpy()[day, column],
        "age_days": age.loc[first_day:last_day].to_numpy()[day, column],
    }
).sort_values(["date", "rank"], kind="stable")
seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started

digest = hashlib.sha256()
for date, symbol, rank, value, age_days in zip(
    rows["date"].dt.strftime("%Y-%m-%d"), rows["symbol"], rows["rank"], rows["value"], rows["age_days"]
):
    digest.update(f"{date},{symbol},{int(rank)},{int(age_days)}\n".encode())
    digest.update(struct.pack("<d", value))
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "rows": len(rows), "digest": digest.hexdigest()}))
