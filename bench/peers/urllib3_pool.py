"""Sends HEADs to a list of URLs as the seed system did, from a thread pool that shares urllib3 connections.

usage: urllib3_pool.py URLS_FILE CA_FILE THREADS MAXSIZE

MAXSIZE is the number of connections per host that urllib3's PoolManager keeps open. The seed left it at its default of
1, so that most of its 150 threads opened a new connection each time. CA_FILE is - for the system's certificates. Prints
one JSON object: the seconds from the first request to the last answer, and [status, Content-Length, Last-Modified] of
each URL, in order.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import urllib3

urls_file, ca_file, threads, maxsize = sys.argv[1:]
with open(urls_file, encoding="utf-8") as lines:
    urls = lines.read().split()

pool = urllib3.PoolManager(
    num_pools=1,
    maxsize=int(maxsize),
    headers={"User-Agent": "binance-futures-availability/1.0"},
    ca_certs=None if ca_file == "-" else ca_file,
)


def head(url):
    response = pool.request("HEAD", url, timeout=30, retries=False, redirect=False)
    return [response.status, response.headers.get("Content-Length"), response.headers.get("Last-Modified")]


with ThreadPoolExecutor(max_workers=int(threads)) as executor:
    started = time.perf_counter()
    answers = list(executor.map(head, urls))
    seconds = time.perf_counter() - started

json.dump({"seconds": seconds, "answers": answers}, sys.stdout)
