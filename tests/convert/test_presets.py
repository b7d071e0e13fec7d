"""Every preset for every kind of file: it composes, it can be planned, and it keeps what it promises."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from tests.convert.facts import FILES, composed

from dreamreel.convert.compose import Composed
from dreamreel.convert.presets import shelf
from dreamreel.convert.presets.model import Limits, Preset, as_data, built, rows_of, to_toml
from dreamreel.convert.wish import Wish
from dreamreel.errors import BadParameter, DreamreelError, InputMissing, NotFound
from dreamreel.media.probe import MediaFile
from dreamreel.render.plan import Plan, make_plan

FILMS = {name: preset for name, preset in shelf.builtin().items() if preset.family != "Pictures"}
REFUSED = re.compile("cannot hold|nothing of this clip|cannot be copied|too little|takes no picture below")
"""What is said where it cannot be: sound for a GIF, two hours in 256 kB, tiny pictures for DNxHR."""


def planned(name: str, found: MediaFile) -> tuple[Composed, Plan] | None:
    """A preset's plan for a file, or None where it is refused for a good reason."""
    try:
        made = composed(Wish(preset=name), found)
        return made, make_plan(made.clip.node, Path(f"x{made.container.suffix}"), made.target)
    except DreamreelError as error:
        if REFUSED.search(str(error)):
            return None
        raise


@pytest.mark.parametrize("name", FILMS)
def test_a_preset_can_be_planned_for_any_file_within_its_limits(name):
    limits, done = FILMS[name].limits, 0
    for kind, found in FILES.items():
        if (pair := planned(name, found)) is None:
            continue
        done += 1
        made, plan = pair
        if plan.audio is not None and limits.channels:
            assert plan.audio.channels <= limits.channels, kind
        if plan.video is None or made.container.kind == "audio":
            continue
        source = found.main_video
        # Sides are padded to what a codec needs; bars may make a side longer, the picture never.
        assert max(plan.video.width, plan.video.height) <= (limits.long_side or 10**6) + 1, kind
        assert min(plan.video.width, plan.video.height) <= (limits.short_side or 10**6) + 1, kind
        if not made.wish.aspect:
            assert plan.video.width <= source.width * source.sar + 15, kind
            assert plan.video.height <= source.height + 15, kind
        if source.rate and plan.video.rate:
            assert plan.video.rate <= min(source.rate, limits.rate or source.rate), kind
        if plan.settings is not None:
            assert not limits.pix_fmts or plan.settings.pix_fmt in limits.pix_fmts, kind
            assert plan.settings.colour.transfer not in (16, 18) or limits.hdr or limits == Limits(), kind
    assert done > 5


def test_there_are_enough_of_them_and_each_says_what_it_is():
    presets = shelf.builtin()
    assert len(presets) >= 60
    for preset in presets.values():
        assert preset.title
        assert preset.description.endswith((".", "."))
        assert "\n" not in preset.description
    titles = [preset.title for preset in presets.values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("iphone-1080p", "plain"), ("android", "upright"), ("discord-basic", "tiny"), ("mp4", "two sounds"),
     ("mp3-192", "mp3"), ("iphone", "4k60 hdr"), ("prores", "sound only"), ("archive-h265", "10 bit sdr"),
     ("flac", "sound only")],
)  # fmt: skip
def test_what_is_inside_the_limits_is_copied(name, kind):
    made = composed(Wish(preset=name), FILES[kind])
    plan = make_plan(made.clip.node, Path(f"x{made.container.suffix}"), made.target)
    if plan.video is not None and FILES[kind].main_video:
        assert plan.copied is not None
        assert not plan.segments
    if kind == "mp3":
        assert plan.sounds[0].copied is not None


def test_only_the_sound_is_encoded_when_only_the_sound_does_not_fit():
    made = composed(Wish(preset="android"), replace(FILES["two sounds"], audio=FILES["two sounds"].audio[:1]))
    plan = make_plan(made.clip.node, Path("x.mp4"), made.target)
    assert plan.copied is not None
    assert plan.sounds[0].codec is not None
    assert (plan.sounds[0].codec.key, plan.sounds[0].audio.channels) == ("aac", 2)


def test_hdr_is_kept_where_it_is_shown_and_mapped_where_it_is_not():
    wish = Wish(short_side=720)
    kept = composed(replace(wish, preset="iphone"), FILES["4k60 hdr"])
    mapped = composed(replace(wish, preset="android"), FILES["4k60 hdr"])
    assert (kept.target.codec, kept.target.pix_fmt) == ("h265", "yuv420p10le")
    assert kept.clip.info.video.colour.transfer == 16
    assert (mapped.target.codec, mapped.target.pix_fmt) == ("h264", "yuv420p")
    assert mapped.clip.info.video.colour.transfer == 1
    assert any("HDR becomes SDR" in note for note in mapped.notes)


def test_a_size_is_aimed_at_only_where_it_would_be_exceeded():
    short = composed(Wish(preset="discord"), replace(FILES["plain"], size=5_000_000))
    assert short.target.target_size is None
    assert short.target.codec == "h264"
    assert "under 10.0 MB" in short.notes[0]
    long = composed(Wish(preset="discord"), FILES["plain"])
    assert long.target.target_size == 10_000_000
    assert long.target.crf is None


def test_what_is_asked_wins_over_a_preset():
    made = composed(Wish(preset="youtube-1080p", quality=90.0, width=640), FILES["plain"])
    assert (made.target.quality, made.target.crf) == (90.0, None)
    assert made.clip.info.video.width == 640
    other = composed(Wish(preset="youtube-1080p", codec="h265"), FILES["plain"])
    assert (other.target.codec, other.target.crf) == ("h265", None)


def test_a_film_that_is_too_long_is_told_and_not_cut():
    made = composed(Wish(preset="instagram-story"), FILES["long"])
    assert made.clip.duration == 1800
    assert any("longer than the 1 min 0 s" in note for note in made.notes)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", shelf.builtin())
def test_a_preset_survives_being_written_down(name):
    preset = shelf.builtin()[name]
    rows = rows_of(tomllib.loads(to_toml([preset])), "x.toml")
    assert built(name, rows, "") == preset


def test_own_presets_are_kept_found_shown_last_and_removed():
    mine = Preset(name="mine", title="Mine", description="Own.", family=shelf.OWN, wish=Wish(container="mkv", crf=30),
                  limits=Limits(rate=Fraction(30000, 1001)))  # fmt: skip
    shelf.save(mine)
    assert shelf.preset("MINE") == mine
    assert list(shelf.families())[-1] == shelf.OWN
    shelf.remove("mine")
    with pytest.raises(NotFound):
        shelf.preset("mine")


def test_a_file_may_extend_a_built_in_preset(tmp_path):
    (tmp_path / "p.toml").write_text(
        '[presets.mine]\ntitle = "Mine"\nextends = "iphone"\nwish = { crf = 30 }\n'
    )
    mine = shelf.preset(str(tmp_path / "p.toml"))
    assert (mine.wish.crf, mine.limits.long_side) == (30, 3840)
    (tmp_path / "p.json").write_text('{"version": 1, "presets": {"mine": {"wish": {"container": "mkv"}}}}')
    assert shelf.preset(str(tmp_path / "p.json")).wish.container == "mkv"


@pytest.mark.parametrize(
    "text",
    ["", "presets = 1", "[presets.x]\nwish = 1", "[presets.x]\nextends = 'y'", "[presets.x]\nextends = 'x'",
     "[presets.x]\nlimits = { codecs = 1 }", "[presets.x]\nlimits = { size = -1 }", "[presets.x]\nlimits = { new = 1 }",
     "[presets.x]\nwish = { width = 'a' }", "[presets.x]\ncolour = 'red'", "[presets.'../x']",
     "version = 99\n[presets.x]", "nonsense"],
)  # fmt: skip
def test_wrong_files_are_told_in_a_sentence(tmp_path, text):
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(BadParameter) as told:
        shelf.from_file(path)
    assert str(told.value).endswith(".")
    assert str(tmp_path) not in str(told.value)


def test_a_missing_file_and_a_wrong_name(tmp_path):
    with pytest.raises(InputMissing):
        shelf.preset(str(tmp_path / "no.toml"))
    with pytest.raises(NotFound) as told:
        shelf.preset("iphne")
    assert "iphone" in str(told.value)


def test_older_files_are_brought_up_step_by_step():
    steps = {1: lambda row: {**row, "title": "two"}, 2: lambda row: {**row, "description": row["title"]}}
    rows = rows_of({"version": 1, "presets": {"x": {}}}, "x", steps, 3)
    assert rows["x"] == {"title": "two", "description": "two"}


def test_data_stands_alone():
    row = as_data(shelf.builtin()["android-4k"])
    assert "extends" not in row
    assert row["limits"]["long_side"] == 3840
