# SPDX-License-Identifier: Apache-2.0
"""Two processes increment one multiprocessing.Value under its lock; prints the nanoseconds of each round.

counting.py INCREMENTS ROUNDS
"""

import multiprocessing
import sys
import time


def count(value, increments, gate):
    gate.wait()
    for _ in range(increments):
        with value.get_lock():
            value.value += 1
    gate.wait()


if __name__ == "__main__":
    increments, rounds = int(sys.argv[1]), int(sys.argv[2])
    for _ in range(rounds):
        value = multiprocessing.Value("q", 0)
        gate = multiprocessing.Barrier(3)
        half = increments // 2
        workers = [multiprocessing.Process(target=count, args=(value, half, gate)) for _ in range(2)]
        for worker in workers:
            worker.start()
        gate.wait()
        begin = time.perf_counter_ns()
        gate.wait()
        print(time.perf_counter_ns() - begin, flush=True)
        for worker in workers:
            worker.join()
        assert value.value == 2 * half
