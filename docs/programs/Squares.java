import dev.cenote.*;

record Answer(int number, int square) {}

int calls = 0;

void main() {
    int offset = 100;
    try (Pool pool = Pool.processes(2)) {
        IO.println(pool.map(Range.of(0, 5), n -> square(n) + offset));
        IO.println(pool.map(List.of(3, 4), n -> new Answer(n, square(n))));
        IO.println("calls here: " + calls);
        pool.map(List.of(1, -1), n -> checked(n));
    } catch (TaskException e) {
        IO.println(e.getMessage());
    }
}

int square(int n) {
    calls++;
    return n * n;
}

static int checked(int n) throws Exception {
    if (n < 0) {
        throw new Exception("negative: " + n);
    }
    return n;
}
