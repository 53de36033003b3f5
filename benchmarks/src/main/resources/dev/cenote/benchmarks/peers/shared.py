# SPDX-License-Identifier: Apache-2.0
"""Items through a queue between two processes, and pairs of lock and unlock, per second."""
import multiprocessing
import time


def put(queue, count):
    for i in range(count):
        queue.put(i)
    queue.put(None)


def take(queue, result):
    total = 0
    while True:
        item = queue.get()
        if item is None:
            result.put(total)
            return
        total += item


def lock_and_unlock(lock, count):
    for _ in range(count):
        lock.acquire()
        lock.release()


def queue_rate(count):
    queue, result = multiprocessing.Queue(), multiprocessing.Queue()
    begin = time.time()
    workers = [
        multiprocessing.Process(target=put, args=(queue, count)),
        multiprocessing.Process(target=take, args=(queue, result)),
    ]
    for worker in workers:
        worker.start()
    result.get()
    for worker in workers:
        worker.join()
    return count / (time.time() - begin)


def lock_rate(workers, count):
    lock = multiprocessing.Lock()
    begin = time.time()
    processes = [multiprocessing.Process(target=lock_and_unlock, args=(lock, count)) for _ in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return workers * count / (time.time() - begin)


if __name__ == "__main__":
    for _ in range(3):
        print(f"queue:           {queue_rate(200_000):12,.0f} items/s")
        print(f"lock, 1 worker:  {lock_rate(1, 200_000):12,.0f} pairs/s")
        print(f"lock, 2 workers: {lock_rate(2, 200_000):12,.0f} pairs/s")
