# SPDX-License-Identifier: Apache-2.0
"""Pools of Python, for the harness: pools.py NAME

Prints one line of JSON with its version and with what it can do, then answers each line of standard input, a request,
with one line: what it measured with its own clock, in nanoseconds, and a number by which results are compared; or an
error. The interpreter and the imports are there before the clock starts.
"""

import array
import concurrent.futures
import functools
import json
import os
import sys
import time
import urllib.request

clock = time.perf_counter_ns

# The functions that workers run. They are at the top of the module, so that every way to start a process finds them.


def same(x):
    return x


def square(x):
    return x * x


def sum_up_to(n):
    total = 0
    for i in range(1, n + 1):
        total += i
    return total


def factorial(n):
    product = 1
    for i in range(2, n + 1):
        product *= i
    return product


def sleep(micros):
    if micros:
        time.sleep(micros / 1e6)
    return micros


def fetch(port, i):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{i}", headers={"Connection": "close"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.read())


# W1: filters over one large image that all workers have

image = None


def take_image(value):
    global image
    image = value


def make_image(side):
    import numpy

    rows, columns = numpy.ogrid[0:side, 0:side]
    return ((rows * 31 + columns * 17) % 255).astype(numpy.float64)


def convolve(seed):
    """Every fifth row and column of the full convolution with a filter of 4 x 4."""
    import numpy

    side = image.shape[0]
    size = (side + 3 + 4) // 5
    out = numpy.zeros((size, size))
    for a in range(4):
        for b in range(4):
            # out[i, j] += image[5 i - a, 5 j - b] wherever that is inside
            first_row, first_column = (1 if a else 0), (1 if b else 0)
            part = image[5 * first_row - a :: 5, 5 * first_column - b :: 5]
            part = part[: size - first_row, : size - first_column]
            out[first_row : first_row + part.shape[0], first_column : first_column + part.shape[1]] += (
                (seed * 7 + a * 4 + b) % 11
            ) * part
    return out


# W2: each worker counts the prefixes of words; what it has seen often is collected when all documents are read

counts = {}
meeting = None


def start_counting(barrier):
    global meeting
    meeting = barrier
    counts.clear()


def count(document):
    get = counts.get
    for at in range(0, len(document), 20):
        for length in (1, 2, 3):
            prefix = document[at : at + length]
            counts[prefix] = get(prefix, 0) + 1
    return len(document) // 20


def often(_):
    meeting.wait(60)  # so that each worker gets one of these
    return {prefix for prefix, times in counts.items() if times > 3}


def documents(number):
    """Alternately 1,500 and 500 words of 20 bytes, from a generator that every language has."""
    made = []
    state = 42
    for i in range(number):
        length = (1_500 if i % 2 == 0 else 500) * 20
        document = bytearray(length)
        for at in range(0, length, 4):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            document[at] = (state >> 16) & 0xFF
            document[at + 1] = (state >> 8) & 0xFF
        made.append(bytes(document))
    return made


# W3: a model that takes a while to load, and many calls that use it

model = None


def load_model(millis):
    global model
    time.sleep(millis / 1e3)
    model = array.array("f", [0.5]) * 100_000


def predict(_):
    return model[:]


class Pools:
    """A kind of pool; the last one is kept for the next request if that is for as many workers."""

    def __init__(self):
        self.pool = None
        self.made = None

    def warm(self, workers):
        if self.made != workers:
            self.close()
            self.pool = self.open(workers)
            self.made = workers
        return self.pool

    def close(self):
        if self.pool is not None:
            self.end(self.pool)
        self.pool = self.made = None

    def pids(self):
        import multiprocessing

        return [child.pid for child in multiprocessing.active_children()]


class Multiprocessing(Pools):
    def __init__(self, method):
        super().__init__()
        import multiprocessing
        import multiprocessing.pool

        self.context = multiprocessing.get_context(method) if method else None
        self.threads = multiprocessing.pool.ThreadPool

    def open(self, workers, initializer=None, arguments=()):
        pool = self.context.Pool if self.context else self.threads
        return pool(workers, initializer, arguments)

    def end(self, pool):
        pool.close()
        pool.join()

    def map(self, pool, function, items, chunk):
        return pool.map(function, items, chunksize=chunk or None)

    def call(self, pool, function, value):
        return pool.apply(function, (value,))


class Executor(Pools):
    def __init__(self, processes):
        super().__init__()
        import multiprocessing

        # by fork, as this executor does on Linux unless it is told otherwise
        self.context = multiprocessing.get_context("fork") if processes else None
        self.kind = (
            functools.partial(concurrent.futures.ProcessPoolExecutor, mp_context=self.context)
            if processes
            else concurrent.futures.ThreadPoolExecutor
        )

    def open(self, workers, initializer=None, arguments=()):
        return self.kind(workers, initializer=initializer, initargs=arguments)

    def end(self, pool):
        pool.shutdown()

    def map(self, pool, function, items, chunk):
        return list(pool.map(function, items, chunksize=chunk or 1))

    def call(self, pool, function, value):
        return pool.submit(function, value).result()


class Joblib(Pools):
    def __init__(self):
        super().__init__()
        import joblib

        self.version = joblib.__version__
        self.Parallel, self.delayed = joblib.Parallel, joblib.delayed

    def open(self, workers):
        return workers

    def executor(self):
        from joblib.externals.loky import reusable_executor

        return reusable_executor._executor  # the one there is, and no other

    def end(self, pool):
        executor = self.executor()
        if executor is not None:
            executor.shutdown(wait=True)

    def map(self, pool, function, items, chunk):
        job = self.delayed(function)
        return self.Parallel(n_jobs=pool, batch_size=chunk or "auto")(job(item) for item in items)

    def call(self, pool, function, value):
        return self.Parallel(n_jobs=pool)([self.delayed(function)(value)])[0]

    def pids(self):
        return list(self.executor()._processes)


class Pebble(Pools):
    def __init__(self):
        super().__init__()
        import pebble
        import importlib.metadata

        self.version = importlib.metadata.version("pebble")
        self.ProcessPool = pebble.ProcessPool

    def open(self, workers):
        return self.ProcessPool(max_workers=workers)

    def end(self, pool):
        pool.close()
        pool.join()

    def map(self, pool, function, items, chunk):
        return list(pool.map(function, items, chunksize=chunk or 1).result())

    def call(self, pool, function, value):
        return pool.schedule(function, args=(value,)).result()


class Loop(Pools):
    def open(self, workers):
        return None

    def end(self, pool):
        pass

    def map(self, pool, function, items, chunk):
        return [function(item) for item in items]


KINDS = {
    "python-fork": lambda: Multiprocessing("fork"),
    "python-spawn": lambda: Multiprocessing("spawn"),
    "python-forkserver": lambda: Multiprocessing("forkserver"),
    "python-threads": lambda: Multiprocessing(None),
    "python-executor": lambda: Executor(True),
    "python-executor-threads": lambda: Executor(False),
    "python-loop": Loop,
    "joblib": Joblib,
    "pebble": Pebble,
}

FUNCTIONS = {
    "same": same,
    "chunks": same,
    "square": square,
    "sum": sum_up_to,
    "factorial": factorial,
    "sleep": sleep,
}


def operations(name, pools):
    if isinstance(pools, Loop):
        return ["same", "square"]
    can = ["same", "square", "sum", "factorial", "sleep", "fetch", "call"]
    if isinstance(pools, (Multiprocessing, Joblib)):  # the others have no chunks of their own
        can += ["chunks"]
    if name != "joblib":  # makes one call at a time
        can += ["busy"]
    if not name.endswith("threads"):
        can += ["bytes", "longs", "start", "rest"]
        if hasattr(pools, "context"):
            can += ["words", "model"]
            try:
                import numpy  # noqa: F401

                can += ["image"]
            except ImportError:
                pass
    return can


def timed(function, *arguments):
    begin = clock()
    result = function(*arguments)
    return clock() - begin, result


def items_of(request):
    items = request["items"]
    return items if isinstance(items, list) else list(range(items))


def mapped(pools, request):
    operation = request["operation"]
    function = FUNCTIONS.get(operation) or functools.partial(fetch, request["port"])
    items = items_of(request)
    pool = pools.warm(request["workers"])
    nanos, results = timed(pools.map, pool, function, items, request["chunk"])
    assert len(results) == len(items)
    if operation == "sum":
        alone, _ = timed(lambda: [sum_up_to(n) for n in items])
        return [nanos, alone], sum(results)
    if operation == "factorial":
        return [nanos], sum(result % 1_000_003 for result in results)
    return [nanos], sum(results)


def call(pools, request):
    pool = pools.warm(request["workers"])
    # joblib looks for results every ten milliseconds
    number = min(request["items"], 100) if isinstance(pools, Joblib) else request["items"]
    value = bytes(64)
    return [timed(pools.call, pool, same, value)[0] for _ in range(number)], len(pools.call(pool, same, value))


def busy(pools, request):
    pool = pools.warm(request["workers"])
    number = request["items"] // request["workers"]
    value = bytes(64)

    def caller():
        for _ in range(number):
            pools.call(pool, same, value)

    with concurrent.futures.ThreadPoolExecutor(request["workers"]) as callers:
        begin = clock()
        for done in [callers.submit(caller) for _ in range(request["workers"])]:
            done.result()
        return [clock() - begin], 0


def bulk(pools, request):
    pool = pools.warm(request["workers"])
    size = request["items"]
    value = bytes(size) if request["operation"] == "bytes" else array.array("q", bytes(size))
    nanos, back = timed(pools.call, pool, same, value)
    return [nanos], len(back)


def start(pools, request):
    nanos = []
    for _ in range(2):
        begin = clock()
        pool = pools.open(request["workers"])
        squares = pools.map(pool, square, range(request["items"]), 0)
        pools.end(pool)
        nanos.append(clock() - begin)
    return nanos, sum(squares)


def words(pools, request):
    texts = documents(request["items"])
    workers = request["workers"]
    begin = clock()
    barrier = pools.context.Barrier(workers)
    pool = pools.open(workers, start_counting, (barrier,))
    total = sum(pools.map(pool, count, texts, request["chunk"] or (0 if isinstance(pools, Multiprocessing) else 8)))
    union = set().union(*pools.map(pool, often, range(workers), 1))
    pools.end(pool)
    nanos = clock() - begin
    assert union
    return [nanos], total


def model_calls(pools, request):
    begin = clock()
    pool = pools.open(request["workers"], load_model, (300,))
    total = 0
    for _ in range(request["items"]):
        total += sum(len(result) for result in pools.map(pool, predict, range(10), 1))
    pools.end(pool)
    return [clock() - begin], total


def image_filters(pools, request):
    value = make_image(request["items"])
    begin = clock()
    if pools.context.get_start_method() == "fork":
        take_image(value)  # workers have it from their parent
        pool = pools.open(request["workers"])
    else:
        pool = pools.open(request["workers"], take_image, (value,))
    results = pools.map(pool, convolve, range(20), 1)
    pools.end(pool)
    nanos = clock() - begin
    return [nanos], float(sum(result.sum() for result in results))


OTHERS = {
    "call": call,
    "busy": busy,
    "bytes": bulk,
    "longs": bulk,
    "start": start,
    "words": words,
    "model": model_calls,
    "image": image_filters,
}


def answer(pools, request):
    if request["operation"] == "rest":
        pools.map(pools.warm(request["workers"]), square, range(1_000), 0)
        return {"pids": [os.getpid(), *pools.pids()]}
    nanos, check = OTHERS.get(request["operation"], mapped)(pools, request)
    return {"nanos": nanos, "check": check}


def main(name):
    pools = KINDS[name]()
    version = "Python " + sys.version.split()[0]
    if hasattr(pools, "version"):
        version = f"{name} {pools.version}, {version}"
    print(json.dumps({"version": version, "operations": operations(name, pools)}), flush=True)
    for line in sys.stdin:
        try:
            said = answer(pools, json.loads(line))
        except Exception as e:
            said = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(said), flush=True)
    pools.close()


if __name__ == "__main__":
    main(sys.argv[1])
