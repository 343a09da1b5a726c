"""The words of a memory as scoring reads them."""

from memories.terms import number_of, pack, unpack


def test_each_word_has_its_number_and_count() -> None:
    entries = unpack(pack(["tea", "rain", "tea", "抹茶"]))
    counts = {int(entry["number"]): int(entry["count"]) for entry in entries}
    assert counts == {number_of("tea"): 2, number_of("rain"): 1, number_of("抹茶"): 1}


def test_several_follow_one_another() -> None:
    assert len(unpack(pack(["a", "b"]) + pack(["a"]))) == 3


def test_nothing_takes_no_room() -> None:
    assert pack([]) == b""
    assert len(unpack(b"")) == 0


def test_a_word_without_end_is_counted_to_the_end_of_a_byte() -> None:
    assert unpack(pack(["tea"] * 1000))["count"].tolist() == [255]
