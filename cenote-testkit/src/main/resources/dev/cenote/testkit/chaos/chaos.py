# SPDX-License-Identifier: Apache-2.0
"""What the pools of Python do in the events of dev.cenote.testkit.chaos; see ChaosTable.

chaos.py versions      prints a line for each pool that is here: its name and version
chaos.py POOL EVENT    lets it happen; prints RESULT, how many items are right, how many are lost, seconds, whether
                       the pool can be used afterwards, and the first error; or READY where the event comes from outside
"""

import concurrent.futures
import functools
import itertools
import multiprocessing
import os
import signal
import sys
import time

ITEMS = 10
GUILTY = 3


class TwoPartError(Exception):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


def task(event, n):
    """20 ms and a square, but for the guilty item."""
    if event == "LIMIT" and n == GUILTY or event == "INTERRUPT" or event == "ORPHANS":
        time.sleep(30)
    if event == "CHUNK":
        if n == 50:
            os.kill(os.getpid(), signal.SIGKILL)
        return n * n
    time.sleep(0.02)
    if n != GUILTY:
        return n * n
    if event == "KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    elif event == "HALT":
        os._exit(0)
    elif event == "EXIT":
        sys.exit(0)
    elif event == "EXCEPTION":
        raise TwoPartError("of two parts", 17)
    elif event == "RESULT":
        return (i for i in range(3))
    elif event == "NESTED":
        with multiprocessing.Pool(1) as pool:
            return pool.map(abs, [n * n])[0]
    return n * n


class Stdlib:
    """multiprocessing.Pool; imap goes on after the exception of an item."""

    def __init__(self):
        self.pool = multiprocessing.get_context("fork").Pool(2)

    def each(self, f, items, limit):
        if limit:
            return None
        results = self.pool.imap(f, items)
        return [results.next for _ in items]

    def chunk(self, f, items):
        return self.pool.map(f, items, chunksize=len(items))

    def first(self, f, items):
        return next(self.pool.imap(f, items))


class Executor:
    """concurrent.futures.ProcessPoolExecutor, or another with its methods; a future for each item."""

    def __init__(self, make):
        self.pool = make()

    def each(self, f, items, limit):
        if limit:
            return None
        futures = [self.pool.submit(f, n) for n in items]
        return [future.result for future in futures]

    def chunk(self, f, items):
        return list(self.pool.map(f, items, chunksize=len(items)))

    def first(self, f, items):
        return next(iter(self.pool.map(f, items)))


class Pebble:
    """pebble.ProcessPool; a future with a limit for each item."""

    def __init__(self):
        import pebble

        self.pool = pebble.ProcessPool(max_workers=2)

    def each(self, f, items, limit):
        futures = [self.pool.schedule(f, args=[n], timeout=limit) for n in items]
        return [future.result for future in futures]

    def chunk(self, f, items):
        return list(self.pool.map(f, items, chunksize=len(items)).result())

    def first(self, f, items):
        return next(self.pool.map(f, items).result())


class Joblib:
    """joblib.Parallel; a call has one outcome."""

    def call(self, f, items, **options):
        import joblib

        return joblib.Parallel(n_jobs=2, **options)(joblib.delayed(f)(n) for n in items)

    def each(self, f, items, limit):
        options = {"timeout": limit} if limit else {}
        results = self.call(f, items, batch_size=1, **options)
        return [functools.partial(results.__getitem__, i) for i in range(len(results))]

    def chunk(self, f, items):
        return self.call(f, items, batch_size=len(items))

    def first(self, f, items):
        raise NotImplementedError("there is no lazy call")


def fork_executor():
    return concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork"))


POOLS = {
    "Pool": Stdlib,
    "ProcessPoolExecutor": lambda: Executor(fork_executor),
    "pebble": Pebble,
    "joblib": Joblib,
}


def versions():
    python = "Python " + sys.version.split()[0]
    print("Pool", python)
    print("ProcessPoolExecutor", python)
    for name, module in (("pebble", "pebble"), ("joblib", "joblib")):
        try:
            __import__(module)
            print(name, sys.modules[module].__version__)
        except ImportError:
            pass


def happen(pool, event):
    items = range(ITEMS)
    f = functools.partial(task, event)
    if event == "LAMBDA":
        f = lambda n: n * n
    begin = time.perf_counter()
    right, lost, error = 0, 0, ""
    try:
        if event == "CHUNK":
            values = pool.chunk(f, range(100))
            right, lost = len(values), 0
        elif event == "ENDLESS":
            right = 1 if pool.first(f, itertools.count()) == 0 else 0
        else:
            results = pool.each(f, items, 1 if event == "LIMIT" else None)
            if results is None:
                return "RESULT 0 0 0 none it has none"
            for n, result in zip(items, results):
                try:
                    if result() == n * n:
                        right += 1
                    else:
                        lost += 1
                except BaseException as e:
                    lost += 1
                    error = error or type(e).__name__
    except NotImplementedError as e:
        return "RESULT 0 0 0 none " + str(e)
    except BaseException as e:
        right, lost, error = 0, 100 if event == "CHUNK" else ITEMS, type(e).__name__
    seconds = time.perf_counter() - begin
    again = "yes"
    if event != "ENDLESS":
        try:
            values = [result() for result in pool.each(functools.partial(task, "NONE"), items, None)]
            again = "yes" if values == [n * n for n in items] else "no"
        except BaseException:
            again = "no"
    return "RESULT %d %d %.3f %s %s" % (right, lost, seconds, again, error)


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.argv[1] == "versions":
        versions()
        return
    event = sys.argv[2]
    pool = POOLS[sys.argv[1]]()
    [result() for result in pool.each(functools.partial(task, "NONE"), range(4), None)]
    if event in ("INTERRUPT", "ORPHANS"):
        print("READY", flush=True)
        if event == "INTERRUPT":
            [result() for result in pool.each(functools.partial(task, event), range(ITEMS), None)]
        else:
            pool.each(functools.partial(task, event), range(ITEMS), None)
            time.sleep(60)
        return
    print(happen(pool, event), flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
