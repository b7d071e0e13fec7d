"""`dreamreel compare`: a table, JSON, a chart, and an exit code."""

import json

import pytest
from tests.render.film import film

import dreamreel
from dreamreel.cli import main


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    one = film(folder / "one.mp4", 30)
    return one, dreamreel.open(one).write(folder / "poor.mp4", crf=40, preset="ultrafast")


def run(*args):
    with pytest.raises(SystemExit) as ended:
        main(["compare", *map(str, args)])
    return ended.value.code


def test_a_table(pair, capsys):
    assert run(*pair, "--worst", 2) == 0
    out = capsys.readouterr().out
    assert "poor.mp4 against one.mp4: 30 frames" in out
    assert [word for word in ("quality", "XPSNR dB", "SSIM", "PSNR dB", "worst") if word not in out] == []


def test_json(pair, capsys):
    assert run(*pair, "--json", "--worst", 1) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["frames"]) == 30
    assert told["worst"][0]["quality"] == min(frame["quality"] for frame in told["frames"])
    assert set(told["pooled"]["ssim"]) == {"mean", "harmonic_mean", "percentile_1", "worst"}
    assert told["offset"] == "0"


def test_not_good_enough_is_exit_code_1(pair, capsys):
    assert run(*pair, "--at-least", 100) == 1
    assert "less than the 100 asked for" in capsys.readouterr().err
    assert run(pair[0], pair[0], "--at-least", 100) == 0


def test_chart_and_picture(pair, tmp_path):
    assert run(*pair, "--plot", tmp_path / "q.svg", "--picture", tmp_path / "w.png") == 0
    assert (tmp_path / "q.svg").stat().st_size > 1000
    assert (tmp_path / "w.png").stat().st_size > 1000


def test_a_chart_never_replaces_an_input(pair, capsys):
    before = pair[1].read_bytes()
    assert run(*pair, "--plot", pair[1]) == 2
    assert pair[1].read_bytes() == before


def test_a_missing_file(pair, tmp_path, capsys):
    assert run(pair[0], tmp_path / "none.mp4") == 3
    assert "none.mp4" in capsys.readouterr().err
