# SPDX-License-Identifier: Apache-2.0
"""What multiprocessing.Pool does with the same work; see PythonSide.

peer.py version       prints the version
peer.py serve         has a pool of two by fork; does the work that each line of standard input names, and prints
                      one line of JSON with what it measured
peer.py start METHOD  a pool of two, a thousand squares, and its end; prints the nanoseconds of these, and those that
                      the import took before
peer.py rest METHOD   has a pool of two that has done something; prints their process ids and this one's, and waits
                      for the end of standard input
"""

import sys
import time


def square(x):
    return x * x


def same(x):
    return x


def timed(f, *args, **more):
    begin = time.perf_counter_ns()
    result = f(*args, **more)
    return time.perf_counter_ns() - begin, result


def start(method):
    begin = time.perf_counter_ns()
    import multiprocessing.pool
    imported = time.perf_counter_ns()
    context = multiprocessing.get_context(method)
    pool = context.Pool(2)
    squares = pool.map(square, range(1000))
    pool.close()
    pool.join()
    end = time.perf_counter_ns()
    assert squares[-1] == 999 * 999
    print(end - imported, imported - begin)


def rest(method):
    import multiprocessing
    import os

    with multiprocessing.get_context(method).Pool(2) as pool:
        pool.map(square, range(1000))
        workers = [child.pid for child in multiprocessing.active_children()]
        print(os.getpid(), *workers, flush=True)
        sys.stdin.read()


def serve():
    import array
    import json
    import multiprocessing

    small = bytes(64)
    items = list(range(100_000))
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for line in sys.stdin:
            work, size = line.split()
            size = int(size)
            if work == "CALL":
                nanos = [timed(pool.apply, same, (small,))[0] for _ in range(size)]
            elif work == "SINGLE":
                nanos = [timed(pool.map, same, items[:size], chunksize=1)[0]]
            elif work == "CHUNKS":
                nanos = [timed(pool.map, same, items[:size])[0]]
            elif work == "BYTES" or work == "LONGS":
                value = bytes(size) if work == "BYTES" else array.array("q", bytes(size))
                time_taken, back = timed(pool.apply, same, (value,))
                assert len(back) == len(value)
                nanos = [time_taken]
                del value, back
            else:
                sys.exit("unknown work: " + work)
            print(json.dumps(nanos), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "version":
        print(sys.version.split()[0])
    else:
        {"serve": lambda _: serve(), "start": start, "rest": rest}[sys.argv[1]](sys.argv[-1])
