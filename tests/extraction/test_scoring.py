"""How a scored conversation is scored."""

from memories.samples.scoring import Kept, Labels, Score, labels_of, score, turns

LABELS = Labels(
    worth=frozenset({"D1:1", "D1:3", "D2:1"}),
    junk=frozenset({"D1:2"}),
    third_party=frozenset({"D1:3"}),
    updates=(("D1:1", "D2:1"),),
)


def kept(*names: str, **more: object) -> Kept:
    more = {"about_other": False, "same_language": True, **more}
    return Kept(turns=frozenset(names), **more)  # type: ignore[arg-type]


def test_labels_come_from_questions_updates_and_lists() -> None:
    labels = labels_of(
        {
            "updates": [{"old": "D1:1", "new": "D2:1"}],
            "not_worth_remembering": ["D1:2", "D9:9"],
            "third_party": ["D1:3"],
            "qa": [{"evidence": ["D8:6; D:9:17"]}, {"evidence": ["D9:9"]}, {}],
        }
    )
    assert labels.worth == {"D1:1", "D2:1", "D1:3", "D8:6", "D9:17"}
    assert labels.junk == {"D1:2", "D9:9"}
    assert labels.updates == (("D1:1", "D2:1"),)
    assert turns(None) == frozenset()


def test_precision_and_junk() -> None:
    found = score([kept("D1:1"), kept("D1:2"), kept("D1:2", "D1:3"), kept("D7:7")], LABELS)
    assert (found.statements, found.labelled, found.good, found.junk) == (4, 3, 2, 1)
    assert found.shares()["precision"] == 2 / 3
    assert found.shares()["junk_rate"] == 1 / 4
    assert found.shares()["facts_kept"] == 2 / 3


def test_an_update_counts_when_the_new_turn_took_the_place_of_the_old() -> None:
    new = kept("D2:1")
    assert score([kept("D1:1"), new], LABELS).superseded == 0
    gone = kept("D1:1", stands=False, replaced_by=frozenset({"D2:1"}))
    assert score([gone, new], LABELS).shares()["supersession"] == 1.0
    other = kept("D1:3", stands=False, replaced_by=frozenset({"D2:1"}))
    found = score([other, new], LABELS)
    assert (found.superseded, found.wrongly_superseded) == (0, 1)


def test_what_a_person_is_asked_counts_apart() -> None:
    found = score(
        [kept("D1:1", questioned_by=frozenset({"D2:1"})), kept("D1:3", questioned_by=frozenset({"D2:1"}))], LABELS
    )
    assert (found.superseded, found.proposed, found.wrongly_proposed) == (0, 1, 1)


def test_language_and_whom_it_is_about() -> None:
    found = score([kept("D1:3", same_language=False), kept("D1:3", about_other=True)], LABELS)
    assert found.shares()["language_kept"] == 0.5
    assert found.shares()["about_others"] == 0.5


def test_without_labels_there_is_nothing_to_measure_by() -> None:
    shares = score([kept("D1:1")], labels_of({})).shares()
    assert shares["language_kept"] == 1.0
    assert {name for name, share in shares.items() if share is None} == set(shares) - {"language_kept"}


def test_scores_add_up() -> None:
    one, other = score([kept("D1:1")], LABELS), score([kept("D1:2")], LABELS)
    both = sum([one, other], Score())
    assert both.counts()["statements"] == 2
    assert both.shares()["precision"] == 0.5
