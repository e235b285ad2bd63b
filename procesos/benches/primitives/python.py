import sys, time
from multiprocessing import (
    Array, Barrier, Condition, Event, JoinableQueue, Lock, Manager, Pipe, Pool, Process, Queue, RLock, Semaphore, Value,
)


def produce(count, item, queue):
    for _ in range(count):
        queue.put(item)


def queue_of(count, item):
    queue = Queue(1024)
    begun = time.perf_counter()
    child = Process(target=produce, args=(count, item, queue))
    child.start()
    for _ in range(count):
        queue.get()
    total = time.perf_counter() - begun
    child.join()
    return total / count


def echo(count, connection):
    for _ in range(count):
        connection.send(connection.recv())


def echo_queues(count, ask, answer):
    for _ in range(count):
        answer.put(ask.get())


def round_trip_pipe(count):
    here, there = Pipe()
    child = Process(target=echo, args=(count, there))
    child.start()
    begun = time.perf_counter()
    for number in range(count):
        here.send(number)
        here.recv()
    total = time.perf_counter() - begun
    child.join()
    return total / count


def round_trip_queue(count):
    ask, answer = Queue(), Queue()
    child = Process(target=echo_queues, args=(count, ask, answer))
    child.start()
    begun = time.perf_counter()
    for number in range(count):
        ask.put(number)
        answer.get()
    total = time.perf_counter() - begun
    child.join()
    return total / count


def add(count, value, lock):
    for _ in range(count):
        with lock:
            value.value += 1


def crowd(processes, count, work, shared):
    begun = time.perf_counter()
    if processes == 1:
        work(count, *shared)
    else:
        children = [Process(target=work, args=(count, *shared)) for _ in range(processes)]
        for child in children:
            child.start()
        for child in children:
            child.join()
    return (time.perf_counter() - begun) / (processes * count)


def increments(processes, count):
    return crowd(processes, count, add, (Value("q", 0), Lock()))


def take(count, lock):
    for _ in range(count):
        lock.acquire()
        lock.release()


def locks(processes, count, lock):
    return crowd(processes, count, take, (lock,))


def answer_events(count, ask, answer):
    for _ in range(count):
        ask.wait()
        ask.clear()
        answer.set()


def round_trip_events(count):
    ask, answer = Event(), Event()
    child = Process(target=answer_events, args=(count, ask, answer))
    child.start()
    begun = time.perf_counter()
    for _ in range(count):
        ask.set()
        answer.wait()
        answer.clear()
    total = time.perf_counter() - begun
    child.join()
    return total / count


def alternate(count, change, turn, own):
    for _ in range(count):
        with change:
            change.wait_for(lambda: turn.value % 2 == own)
            turn.value += 1
            change.notify()


def round_trip_condition(count):
    change, turn = Condition(Lock()), Value("q", 0)
    child = Process(target=alternate, args=(count, change, turn, 1))
    child.start()
    begun = time.perf_counter()
    alternate(count, change, turn, 0)
    total = time.perf_counter() - begun
    child.join()
    return total / count


def cross(count, barrier):
    for _ in range(count):
        barrier.wait()


def barriers(count):
    barrier = Barrier(2)
    child = Process(target=cross, args=(count, barrier))
    child.start()
    begun = time.perf_counter()
    cross(count, barrier)
    total = time.perf_counter() - begun
    child.join()
    return total / count


def elements(count):
    array = Array("q", 64)
    begun = time.perf_counter()
    for number in range(count):
        array[number % 64] += 1
    return (time.perf_counter() - begun) / count


def read_array(count):
    array = Array("q", 65536)
    begun = time.perf_counter()
    for _ in range(count):
        array[:]
    return (time.perf_counter() - begun) / count


def write_array(count):
    array, values = Array("q", 65536), [8] * 65536
    begun = time.perf_counter()
    for _ in range(count):
        array[:] = values
    return (time.perf_counter() - begun) / count


def work(count, tasks):
    for _ in range(count):
        tasks.get()
        tasks.task_done()


def tasks(count):
    queue = JoinableQueue(1024)
    child = Process(target=work, args=(count, queue))
    child.start()
    begun = time.perf_counter()
    for task in range(count):
        queue.put(task)
    queue.join()
    total = time.perf_counter() - begun
    child.join()
    return total / count


def nothing():
    pass


def starts(count):
    begun = time.perf_counter()
    for _ in range(count):
        child = Process(target=nothing)
        child.start()
        child.join()
    return (time.perf_counter() - begun) / count


def square(number):
    return number * number


def in_pool(count, calls):
    with Pool(2) as pool:
        pool.map(square, range(8))
        begun = time.perf_counter()
        calls(pool, count)
        return (time.perf_counter() - begun) / count


def apply(pool, count):
    for number in range(count):
        pool.apply(square, (number,))


def manager(count):
    with Manager() as keeper:
        numbers = keeper.list([7])
        begun = time.perf_counter()
        for _ in range(count):
            numbers[0]
        return (time.perf_counter() - begun) / count


record = {"id": 7, "price": 2.5, "name": "x" * 40, "tags": [300] * 4}
figures = {
    "queue_i64": lambda: queue_of(20000, 7),
    "queue_record": lambda: queue_of(20000, record),
    "queue_64k": lambda: queue_of(1500, b"x" * 65536),
    "round_trip_pipe": lambda: round_trip_pipe(3000),
    "round_trip_queue": lambda: round_trip_queue(3000),
    "lock_1": lambda: locks(1, 30000, Lock()),
    "lock_2": lambda: locks(2, 50000, Lock()),
    "lock_4": lambda: locks(4, 25000, Lock()),
    "rlock": lambda: locks(1, 30000, RLock()),
    "semaphore_1": lambda: locks(1, 30000, Semaphore(1)),
    "semaphore_2": lambda: locks(2, 50000, Semaphore(1)),
    "round_trip_event": lambda: round_trip_events(2000),
    "round_trip_condition": lambda: round_trip_condition(2000),
    "barrier": lambda: barriers(2000),
    "element": lambda: elements(3000),
    "read_array": lambda: read_array(10),
    "write_array": lambda: write_array(10),
    "tasks": lambda: tasks(20000),
    "increment_1": lambda: increments(1, 5000),
    "increment_2": lambda: increments(2, 25000),
    "increment_4": lambda: increments(4, 12500),
    "start_join": lambda: starts(100),
    "pool_map": lambda: in_pool(100000, lambda pool, count: pool.map(square, range(count))),
    "pool_chunk_1": lambda: in_pool(3000, lambda pool, count: pool.map(square, range(count), 1)),
    "pool_apply": lambda: in_pool(500, apply),
    "manager": lambda: manager(1000),
}
print(figures[sys.argv[1]]() * 1e6)
