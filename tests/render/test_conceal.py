"""Pictures that cannot be decoded: their neighbours stand in, they are counted, and nothing becomes shorter."""

from fractions import Fraction

import av
import pytest
from tests.conftest import ROOT
from tests.render.damage import COUNT, damaged
from tests.render.film import film, read

import dreamreel
from dreamreel.render.run import as_options, render
from dreamreel.time import Span


@pytest.mark.parametrize(("packets", "lost"), [((20,), 1), ((18, 19, 20), 3), ((12,), 12), ((0,), 12)])
def test_a_film_keeps_all_its_frames(tmp_path, caplog, packets, lost):
    clip = dreamreel.open(damaged(tmp_path, packets)).upscale(2, size="s", precision="int8")
    made = read(clip.write(tmp_path / "out.mp4", store=tmp_path / "store", preset="ultrafast", crf=12))
    assert [time for time, _ in made] == [Fraction(n, 25) for n in range(COUNT)]
    assert sum(number == n for n, (_, number) in enumerate(made)) >= COUNT - lost - 3
    (said,) = [record.getMessage() for record in caplog.records if record.name == "dreamreel.render.conceal"]
    assert said.startswith("bad.mp4: ")
    assert len(packets) <= int(said.split()[1]) <= lost


def counted(clip, out, store, **options):
    """How many pictures the result says were concealed, which the last event says as well."""
    told = []
    given = {"store": store, "preset": "ultrafast", "on_event": told.append, **options}
    made = render(clip.node, out, as_options(given))
    assert (told[-1].stage, told[-1].concealed) == ("done", made.concealed)
    return made.concealed


@pytest.mark.parametrize(("packets", "lost"), [((), 0), ((20,), 1), ((12,), 12), ((3, 20), 10)])
def test_how_many_there_are_is_part_of_the_result(tmp_path, packets, lost):
    clip = dreamreel.open(damaged(tmp_path, packets)).resize(height=48)
    assert len(packets) <= counted(clip, tmp_path / "a.mp4", tmp_path / "store") <= lost


def test_segments_that_were_there_before_count_and_every_picture_once(tmp_path):
    # Neighbours are looked at, so that segments decode pictures of those beside them as well.
    clip = dreamreel.open(
        damaged(tmp_path, (3, 24, 25, 37)),
    ).restore_film(dust=0, scratches=0, flicker=0.5)
    clip = clip.speed(Fraction(1, 12))

    def again(name):
        return counted(clip, tmp_path / name, tmp_path / "store", crf=30)

    whole = again("a.mp4")
    records = sorted((tmp_path / "store").glob("segments/*/*.json"))
    assert whole >= 4
    assert len(records) > 1
    assert again("b.mp4") == whole
    for record in records:
        record.unlink()
        assert again("c.mp4") == whole


def test_what_was_not_decoded_is_not_counted(tmp_path):
    clip = dreamreel.open(damaged(tmp_path, (20,)))[Fraction(0) : Fraction(12, 25)]
    assert counted(clip.resize(height=48), tmp_path / "a.mp4", tmp_path / "s") == 0


def test_the_pictures_of_an_animation_are_counted_too(tmp_path):
    clip = dreamreel.open(damaged(tmp_path, (20,))).resize(height=24)
    made = render(clip.node, tmp_path / "a.gif", as_options({}))
    assert made.concealed == 1
    assert made.notes == ("1 picture is damaged; what is beside or before stands in",)


def test_processes_that_draw_tell_them(tmp_path):
    dream = dreamreel.generate(
        ROOT / "examples" / "sleeping-baby.png", "three sheep", duration=1, resolution="240p"
    )
    size = dream.info.video
    film_ = dreamreel.open(damaged(tmp_path, (20,))).resize(size.width, size.height, "stretch")
    assert (
        counted(dream[0 : Fraction(1, 5)].mute() + film_.mute(), tmp_path / "a.mp4", tmp_path / "store") == 1
    )


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
    assert counted(clip.resize(height=48), tmp_path / "b.mkv", tmp_path / "store") == 1
    assert made[-1][1] == COUNT - 1
    assert made[-1][0] == Fraction(stamps[-1], 1000)
