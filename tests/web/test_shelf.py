import threading

from steelyard.web.shelf import Shelf, new_id


def test_ids_cannot_be_guessed_and_are_safe_in_a_path():
    names = {new_id() for _ in range(1000)}
    assert len(names) == 1000
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in names)


def test_a_thing_goes_when_its_time_is_over():
    now = [0.0]
    shelf = Shelf(seconds=10, clock=lambda: now[0])
    name = shelf.put("a")
    now[0] = 9.9
    assert shelf.get(name) == "a"
    now[0] = 10.1
    assert shelf.get(name) is None


def test_the_oldest_make_room_and_the_newest_is_always_kept():
    shelf = Shelf(most=10)
    first = shelf.put("first", weight=6)
    second = shelf.put("second", weight=4)
    assert (shelf.get(first), shelf.get(second)) == ("first", "second")
    large = shelf.put("large", weight=50)
    assert [shelf.get(name) for name in (first, second, large)] == [None, None, "large"]


def test_many_threads_do_not_mix_up_things():
    shelf = Shelf(most=10_000)
    wrong = []

    def work(who):
        for i in range(200):
            if shelf.get(shelf.put((who, i))) != (who, i):
                wrong.append((who, i))

    threads = [threading.Thread(target=work, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
