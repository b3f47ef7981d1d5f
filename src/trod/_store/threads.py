"""Work in threads, for work that lets go of the interpreter lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


def in_parallel(work: Callable[[ItemT], ResultT], items: Iterable[ItemT]) -> list[ResultT]:
    """Do work on each item, and give the results in order."""
    return list(in_order(work, items))


def in_order(work: Callable[[ItemT], ResultT], items: Iterable[ItemT]) -> Iterator[ResultT]:
    """Give the results in order, while few items are taken ahead: a stream stays a stream.

    Examples
    --------
    >>> list(in_order(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    coming = iter(items)
    first = list(islice(coming, 2))
    if len(first) < 2:  # a thread would take longer to start than it could save
        yield from map(work, first)
        return
    threads = os.cpu_count() or 1
    ahead: deque[Future[ResultT]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in chain(first, coming):
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
            ahead.append(pool.submit(work, item))
        while ahead:
            yield ahead.popleft().result()
