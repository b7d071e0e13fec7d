"""Pictures that cannot be decoded: their neighbours stand in, they are counted, and nothing becomes shorter."""

from fractions import Fraction

import av
import pytest
from tests.render.film import film, read

import dreamreel
from dreamreel.time import Span

COUNT = 40


def damaged(tmp_path, packets):
    """A film in groups of twelve, of which some packets are wiped."""
    path = film(tmp_path / "whole.mp4", COUNT, options={"g": "12", "bf": "2", "preset": "medium"})
    with av.open(str(path)) as source:
        places = [(packet.pos, packet.size) for packet in source.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in packets:
        at, size = places[number]
        data[at : at + size] = bytes(size)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(data)
    return bad


@pytest.mark.parametrize(("packets", "lost"), [((20,), 1), ((18, 19, 20), 3), ((12,), 12), ((0,), 12)])
def test_a_film_keeps_all_its_frames(tmp_path, caplog, packets, lost):
    clip = dreamreel.open(damaged(tmp_path, packets)).upscale(2, size="s", precision="int8")
    made = read(clip.write(tmp_path / "out.mp4", store=tmp_path / "store", preset="ultrafast", crf=12))
    assert [time for time, _ in made] == [Fraction(n, 25) for n in range(COUNT)]
    assert sum(number == n for n, (_, number) in enumerate(made)) >= COUNT - lost - 3
    (said,) = [record.getMessage() for record in caplog.records if record.name == "dreamreel.render.conceal"]
    assert said.startswith("bad.mp4: ")
    assert len(packets) <= int(said.split()[1]) <= lost


def test_it_is_the_same_wherever_decoding_begins(tmp_path):
    from tests.render.film import number

    from dreamreel.render.frames import Room, frames
    from dreamreel.render.lower import lower

    picture = lower(dreamreel.open(damaged(tmp_path, (12,))).node).picture

    def shown(start):
        span = Span(start, Fraction(COUNT, 25))
        return [(time, number(frame)) for time, frame in frames(picture, span, Room()) if time >= start]

    whole = shown(Fraction(0))
    for start in (Fraction(11, 25), Fraction(14, 25), Fraction(23, 25), Fraction(24, 25)):
        assert shown(start) == [one for one in whole if one[0] >= start]


def test_a_variable_rate_shows_the_frame_before_for_longer(tmp_path):
    stamps = [n * 40 + (n % 3) * 7 for n in range(COUNT)]
    path = film(tmp_path / "a.mkv", COUNT, stamps=stamps, base=Fraction(1, 1000), options={"g": "12"})
    with av.open(str(path)) as source:
        place = [(packet.pos, packet.size) for packet in source.demux(video=0) if packet.size][20]
    data = bytearray(path.read_bytes())
    data[place[0] + 16 : place[0] + place[1]] = bytes(place[1] - 16)
    path.write_bytes(data)
    clip = dreamreel.open(path)
    assert clip.info.video.rate is None
    made = read(
        clip.upscale(2, size="s", precision="int8").write(tmp_path / "out.mkv", preset="ultrafast", crf=12)
    )
    assert made[-1][1] == COUNT - 1
    assert made[-1][0] == Fraction(stamps[-1], 1000)
