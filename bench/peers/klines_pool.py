"""Fetches, verifies and parses zips of 1d klines as a typical script would: a thread pool over urllib3.

usage: klines_pool.py URLS_FILE CA_FILE THREADS

Each URL names a zip, whose checksum is next to it. The rows stay in memory. Prints one JSON object: the seconds from
the first request to the last row, the CPU seconds of the process by then, the number of rows, and their SHA-256: by
symbol and day, the symbol in UTF-8, then the day since 1970-01-01 and the nine values as little-endian doubles.
"""

import csv
import hashlib
import io
import json
import resource
import struct
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import urllib3

urls_file, ca_file, threads = sys.argv[1:]
with open(urls_file, encoding="utf-8") as lines:
    urls = lines.read().split()

pool = urllib3.PoolManager(num_pools=1, maxsize=int(threads), ca_certs=ca_file)
DAY_MS = 86_400_000


def get(url):
    response = pool.request("GET", url, timeout=30, retries=False, redirect=False)
    if response.status != 200:
        raise RuntimeError(f"{url}: {response.status}")
    return response.data


def bars(url):
    data = get(url)
    wanted = get(url + ".CHECKSUM").split()[0].decode("ascii")
    if hashlib.sha256(data).hexdigest() != wanted:
        raise RuntimeError(f"{url}: its checksum is wrong")
    rows = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = archive.namelist()[0]
        symbol = name.split("-1d-")[0]
        with archive.open(name) as file:
            for row in csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
                if not row[0][0].isdigit():
                    continue
                values = [float(row[at]) for at in (1, 2, 3, 4, 5, 7, 8, 9, 10)]
                rows.append((symbol, int(row[0]) // DAY_MS, *values))
    return rows


with ThreadPoolExecutor(max_workers=int(threads)) as executor:
    started = time.perf_counter()
    rows = [row for of_file in executor.map(bars, urls) for row in of_file]
    seconds = time.perf_counter() - started

usage = resource.getrusage(resource.RUSAGE_SELF)
digest = hashlib.sha256()
for symbol, *numbers in sorted(rows):
    digest.update(symbol.encode("utf-8"))
    digest.update(struct.pack("<10d", *numbers))

json.dump(
    {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rows": len(rows),
        "digest": digest.hexdigest(),
    },
    sys.stdout,
)
