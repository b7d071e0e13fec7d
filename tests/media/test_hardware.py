"""Hardware encoders are found by trying, remembered per machine, and never needed."""

from __future__ import annotations

import json
from pathlib import Path

import av.codec
import pytest

from dreamreel.errors import BadParameter
from dreamreel.media.codecs import VIDEO_CODECS
from dreamreel.media.control import Ask
from dreamreel.media.hardware import HARDWARE, MAKERS, Hardware, choose, hardware_options, opens, working


def test_every_row_is_whole() -> None:
    keys = {row.key for row in VIDEO_CODECS}
    for row in HARDWARE:
        assert row.maker in MAKERS
        assert row.codec in keys
        assert row.maker in row.encoder
        assert row.pix_fmts


def test_an_encoder_that_works_opens_and_one_that_is_only_a_name_does_not() -> None:
    assert opens("libx264", "yuv420p")
    assert not opens("no_such_encoder", "yuv420p")
    # Listed, yet it encodes only what a camera's chip is there for.
    assert not opens("h264_v4l2m2m", "yuv420p") or Path("/dev/video10").exists()


def test_what_works_is_what_opens() -> None:
    found = working()
    for row in HARDWARE:
        assert (row.encoder in found) == opens(row.encoder, row.pix_fmts[0])


def test_what_was_found_is_remembered(tmp_path: Path) -> None:
    kept = tmp_path / "folder" / "hardware.json"
    row = Hardware(maker="nvenc", codec="h264", encoder="libx264", pix_fmts=("yuv420p",), quality=())
    assert working([row], kept) == ("libx264",)
    told = json.loads(kept.read_text(encoding="utf-8"))
    assert told["works"] == {"libx264": True}
    told["works"] = {"libx264": False}
    kept.write_text(json.dumps(told), encoding="utf-8")
    assert working([row], kept) == ()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"machine": "another", "works": {"libx264": false}}'])
def test_what_another_machine_remembers_is_tried_again(tmp_path: Path, content: str) -> None:
    kept = tmp_path / "hardware.json"
    kept.write_text(content, encoding="utf-8")
    row = Hardware(maker="nvenc", codec="h264", encoder="libx264", pix_fmts=("yuv420p",), quality=())
    assert working([row], kept) == ("libx264",)


def test_off_asks_nothing() -> None:
    assert choose("off", "h264", "yuv420p") == (None, "")


def test_unknown_words_are_refused() -> None:
    with pytest.raises(BadParameter, match="choose off, auto or one of nvenc, qsv"):
        choose("gpu", "h264", "yuv420p")


def test_a_codec_no_card_writes() -> None:
    found, note = choose("nvenc", "ffv1", "yuv420p")
    assert found is None
    assert note == "nvenc does not work here, or writes no ffv1; encoded by the processor"


def test_options_of_what_is_asked() -> None:
    assert hardware_options("h264_nvenc", Ask(crf=20))["cq"] == "20"
    assert hardware_options("h264_nvenc", Ask(bitrate=4_000_000))["b"] == "4000000"
    assert hardware_options("hevc_qsv", Ask(crf=24, max_bitrate=9_000_000)) == {
        "preset": "medium", "global_quality": "24", "maxrate": "9000000", "bufsize": "9000000",
    }  # fmt: skip


def test_options_are_those_the_encoders_have() -> None:
    for row in HARDWARE:
        try:
            codec = av.codec.Codec(row.encoder, "w")
        except ValueError:
            continue
        context = codec.create()
        known = {option.name for group in (context.supported_options.generic, context.supported_options.private)
                 for option in group}  # fmt: skip
        assert {name for name, _ in (*row.quality, *row.average)} <= known, row.encoder
