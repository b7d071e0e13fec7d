"""The catalogue: complete, unmistakable, and without the address of any host."""

import re
from importlib import resources

from dreamreel.analyse.faces import YUNET_FILE
from dreamreel.neural.community.catalog import UNKNOWN, USES, by_hash, known, licence


def test_every_card_is_complete():
    for name, card in known().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert re.fullmatch(r"[0-9a-f]{64}", card.sha256)
        assert card.use in USES
        assert card.bytes > 0
        assert 1 <= card.scale <= 4
        assert all((card.purpose, card.architecture, card.file, card.author, card.origin))
        assert card.terms.title != licence(UNKNOWN).title
        assert (card.use == "restore") == (card.scale == 1 and card.use != "faces")


def test_no_two_cards_are_of_one_file():
    cards = known().values()
    assert len({card.sha256 for card in cards}) == len({card.file for card in cards}) == len(cards)
    assert all(by_hash(card.sha256) is card for card in cards)
    assert by_hash("00" * 32) is None


def test_the_face_finder_is_kept_where_it_is_looked_for():
    assert known()["yunet"].file == YUNET_FILE


def test_no_address_is_written_down():
    text = (
        resources.files("dreamreel.neural.community").joinpath("catalogue.toml").read_text(encoding="utf-8")
    )
    assert not re.search(r"://|www\.|\.(com|org|net|io|co)\b", text)


def test_a_licence_that_is_not_in_the_table_is_called_by_its_name():
    assert (licence("Zlib").title, licence("Zlib").commercial) == ("Zlib", False)
