"""Reference data in memory: read anew when its edition changes, one and the same within a request."""

from yicun.base.editions import Shelf, one_edition, renew

NAME = "tests"


class Counted:
    """Answers how often it was loaded."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_shelf_is_loaded_once_per_edition(database: None) -> None:
    shelf = Shelf(NAME, Counted())
    renew(NAME)
    assert [shelf.get(), shelf.get()] == [1, 1]
    renew(NAME)
    assert [shelf.get(), shelf.get()] == [2, 2]
    renew("another")
    assert shelf.get() == 2


def test_shelf_without_an_edition_is_read_every_time(database: None) -> None:
    shelf = Shelf("never renewed", Counted())
    assert [shelf.get(), shelf.get()] == [1, 2]


def test_request_is_answered_from_one_edition(database: None) -> None:
    shelf = Shelf(NAME, Counted())
    renew(NAME)
    other_process = Shelf(NAME, Counted())
    with one_edition():
        assert shelf.get() == 1
        with one_edition():
            assert shelf.get() == 1
        renew(NAME)
        assert shelf.get() == 2, "what the request itself changes it sees at once"
    assert (shelf.get(), other_process.get()) == (2, 1)


def test_edition_renewed_elsewhere_waits_for_the_next_request(database: None) -> None:
    shelf = Shelf(NAME, Counted())
    renew(NAME)
    from_elsewhere = Shelf("first", Counted())
    with one_edition():
        assert (shelf.get(), from_elsewhere.get(), from_elsewhere.get()) == (1, 1, 1)
    with one_edition():
        assert (shelf.get(), from_elsewhere.get()) == (1, 2)
