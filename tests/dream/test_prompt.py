"""The prompt reader: what parents write, and what the dream then shows."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dream.prompt_cast import CAST

from dreamreel.dream.lexicon import colour_value, colour_values
from dreamreel.dream.lexicon.data import table
from dreamreel.dream.lexicon.morphology import plurals, verb_forms
from dreamreel.dream.prompt import LONGEST_PROMPT, check_storyboard, read_prompt, suggest
from dreamreel.dream.storyboard import ActorCue, SettingCue, Storyboard
from dreamreel.errors import BadParameter, EmptyPrompt, UsageError


def cue(actor: ActorCue) -> str:
    """An actor cue as one line: `2 big pink cat dance on cloud`."""
    words = [str(actor.count)]
    words += [actor.size] if actor.size != "normal" else []
    words += [actor.colour] if actor.colour else []
    words.append(actor.kind)
    words += [actor.action] if actor.action else []
    words += [actor.relation, actor.to or ""] if actor.relation != "alone" else []
    return " ".join(words)


# prompt, setting and time, actors in order
PROMPTS: tuple[tuple[str, str, str], ...] = (
    ("flying over the sea with three sheep", "open_sea day", "1 baby fly over sea; 3 sheep fly with baby"),
    (
        "she is flying over the sea with three sheep",
        "open_sea day",
        "1 baby fly over sea; 3 sheep fly with baby",
    ),
    ("three sheep flying over the sea", "open_sea day", "3 sheep fly over sea"),
    ("sheep that fly over the sea while a whale sings", "open_sea day", "3 sheep fly over sea; 1 whale sing"),
    ("over the sea fly three sheep", "open_sea day", "3 sheep fly over sea"),
    ("Three sheep flew over the ocean at night.", "open_sea night", "3 sheep fly over sea"),
    ("a flock of sheep jumping over the moon", "meadow night", "6 sheep jump over moon; 1 moon"),
    ("counting sheep", "meadow day", "3 sheep"),
    ("3x sheep, 2 dogs & 1 cat", "meadow day", "3 sheep; 2 dog; 1 cat"),
    ("a cat, two dogs and an owl dancing", "bedroom night", "1 cat dance; 2 dog dance; 1 owl dance"),
    (
        "three sheep who are dancing, two cats that sleep on a cloud",
        "meadow day",
        "3 sheep dance; 2 cat sleep on cloud; 1 cloud",
    ),
    (
        "Anna dreams of a teddy bear dancing with two cats on a cloud",
        "bedroom night",
        "1 teddy_bear dance on cloud; 2 cat dance with teddy_bear; 1 cloud",
    ),
    ("a pink unicorn and five butterflies in candy land", "candy_land day", "1 pink unicorn; 5 butterfly"),
    (
        "My daughter is riding a big unicorn through the forest at night",
        "forest night",
        "1 baby on unicorn; 1 big unicorn",
    ),
    (
        "Lena rides a unicorn over the rainbow",
        "candy_land day",
        "1 baby on unicorn; 1 unicorn over rainbow; 1 rainbow",
    ),
    (
        "the baby dreams of a baby elephant playing with a ball",
        "meadow day",
        "1 small elephant play; 1 ball with elephant",
    ),
    ("a baby and a cat", "bedroom night", "1 baby; 1 cat"),
    ("baby flying", "night_sky night", "1 baby fly"),
    ("Anna and Ben are swimming with a dolphin", "open_sea day", "1 baby swim; 1 whale swim with baby"),
    ("a whale swimming under the stars", "open_sea night", "1 whale swim under star; 7 star"),
    ("fish swim", "underwater day", "5 fish swim"),
    ("fish swimming in the sea", "underwater day", "5 fish swim"),
    ("a boat on the sea at sunset", "open_sea dusk", "1 boat on sea"),
    (
        "She dreams that she is swimming with whales under the sea",
        "underwater day",
        "1 baby swim; 3 whale swim with baby",
    ),
    ("a cat swimming", "open_sea day", "1 cat swim"),
    ("pink cats and dogs", "bedroom night", "3 pink cat; 3 pink dog"),
    ("a pink cat and a dog", "bedroom night", "1 pink cat; 1 dog"),
    ("four pink and blue butterflies", "meadow day", "2 pink butterfly; 2 blue butterfly"),
    ("three sheep, one black and two white", "meadow day", "2 white sheep; 1 black sheep"),
    (
        "A tiny yellow duck, a big brown teddy bear and a huge elephant",
        "open_sea day",
        "1 tiny yellow duck; 1 big brown teddy_bear; 1 huge elephant",
    ),
    ("a very big dinosaur", "forest day", "1 huge dinosaur"),
    ("a small, red ball", "meadow day", "1 small red ball"),
    ("a dark blue whale and a pastel pink fish", "open_sea day", "1 dark blue whale; 1 pastel pink fish"),
    ("a dozen rainbow-coloured hearts", "candy_land day", "12 rainbow heart"),
    ("a couple of ducks and lots of hearts", "open_sea day", "2 duck; 8 heart"),
    ("the cat is orange and the dog is tiny", "bedroom night", "1 orange cat; 1 tiny dog"),
    ("a cat chasing a butterfly", "bedroom night", "1 cat run behind butterfly; 1 butterfly"),
    ("a butterfly sitting on a flower", "meadow day", "1 butterfly on flower; 1 flower"),
    (
        "a rocket flying to the moon with a teddy bear",
        "space night",
        "1 rocket fly to moon; 1 moon; 1 teddy_bear fly with rocket",
    ),
    ("I see a rocket. It flies to the moon.", "space night", "1 rocket fly to moon; 1 moon"),
    ("the sleeping moon and dancing stars", "night_sky night", "1 moon sleep; 7 star dance"),
    ("flying unicorn over the sea", "open_sea day", "1 unicorn fly over sea"),
    ("playing ball with a dog", "meadow day", "1 baby play; 1 ball with baby; 1 dog play with baby"),
    (
        "a cat and a dog playing with a ball in the garden",
        "meadow day",
        "1 cat play; 1 dog play; 1 ball with cat",
    ),
    (
        "a castle on a cloud under a rainbow",
        "candy_land day",
        "1 castle on cloud; 1 cloud under rainbow; 1 rainbow",
    ),
    ("a toy train going around the bed in the nursery", "bedroom night", "1 toy_train around bed"),
    ("a hot-air balloon over the snow field", "snow_field day", "1 hot_air_balloon over snow"),
    ("a Hot Air Balloon", "night_sky night", "1 hot_air_balloon"),
    ("a puppy running on the beach in the morning", "beach day", "1 dog run on sand"),
    (
        "Two bunnies are sleeping under a tree. They dream of a rainbow.",
        "meadow day",
        "2 rabbit sleep under tree; 1 tree; 1 rainbow",
    ),
    ("a family of ducks swimming on a lake", "open_sea day", "4 duck swim on sea"),
    (
        "cute fluffy little lamb jumping through a field of flowers",
        "meadow day",
        "1 small sheep jump; 5 flower",
    ),
    (
        "milk bottles dancing with a bear",
        "bedroom night",
        "3 milk_bottle dance; 1 teddy_bear dance with milk_bottle",
    ),
    ("On the moon, a cat sleeps", "night_sky night", "1 moon; 1 cat sleep on moon"),
    ("he is sleeping on a cloud", "night_sky night", "1 baby sleep on cloud; 1 cloud"),
    (
        "In the forest, an owl and a rabbit play under a huge tree while it rains",
        "forest night",
        "1 owl play under tree; 1 rabbit play under tree; 1 huge tree",
    ),
    ("an elephant and two rabbits dancing in the snow", "snow_field day", "1 elephant dance; 2 rabbit dance"),
    (
        "he's jumping on the clouds with his teddy",
        "night_sky night",
        "1 baby jump on cloud; 4 cloud; 1 teddy_bear jump with baby",
    ),
    (
        "a bear cub sleeping in a boat on the sea under the full moon",
        "open_sea night",
        "1 teddy_bear sleep in boat; 1 boat on sea; 1 moon",
    ),
    (
        "a blue elephant flying with a red balloon",
        "night_sky night",
        "1 blue elephant fly; 1 red hot_air_balloon with elephant",
    ),
    ("two elephants, one big and one small", "meadow day", "1 small elephant; 1 big elephant"),
    ("snow falling on a quiet forest", "forest day", ""),
    ("a unicorn, and a castle behind it", "candy_land day", "1 unicorn; 1 castle behind unicorn"),
    ("it's bedtime: an owl sings softly in the tree", "forest night", "1 owl sing in tree; 1 tree"),
    ("teddy bear rides a rocket through space", "space night", "1 teddy_bear on rocket; 1 rocket"),
    ("cat moon stars", "night_sky night", "1 cat; 1 moon; 7 star"),
    ("starry night with a full moon", "night_sky night", "7 star; 1 moon with star"),
    ("🐑🐑🐑 🌙 ⭐", "night_sky night", "3 sheep; 1 moon; 1 star"),
    ("👶🏻🚀", "space night", "1 baby; 1 rocket"),
    ("the sun is shining and the birds are singing", "meadow day", "1 sun; 3 bird sing"),
    ("SHEEP FLYING OVER THE SEA!!!", "open_sea day", "3 sheep fly over sea"),
    ("ｔｈｒｅｅ　ｓｈｅｅｐ", "meadow day", "3 sheep"),
    ("She’d like to see “two owls” in the woods", "forest night", "2 owl"),
)


@pytest.mark.parametrize(("prompt", "where", "who"), PROMPTS, ids=[prompt for prompt, _, _ in PROMPTS])
def test_reads_what_a_parent_writes(prompt: str, where: str, who: str) -> None:
    board = read_prompt(prompt, cast=CAST)
    assert f"{board.setting.kind} {board.setting.time}" == where
    assert "; ".join(map(cue, board.actors)) == who
    assert board.not_understood == ()


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a cat with a hat", ("hat",)),
        ("An orange fish and an orange", ("orange",)),
        ("a fly and a swing", ("fly", "swing")),
        ("the cat ducks under the tree", ("ducks",)),
        ("a Merry-Go-Round and ice cream", ("Merry-Go-Round", "ice cream")),
        ("three shep and a unicron", ("shep", "unicron")),
        ("light blue whale with pink wings", ("wings",)),
        ("海の上を飛ぶ三匹の羊", ("海", "上", "飛ぶ", "三匹", "羊")),
        ("Drei Schafe fliegen über das Meer", ("Drei", "Schafe", "fliegen", "über", "Meer")),
        ("خروف يطير فوق البحر", ("خروف", "يطير", "فوق", "البحر")),
        ("🦠 and a cat", ("🦠",)),
    ],
)
def test_reports_what_it_could_not_place_as_written(prompt: str, words: tuple[str, ...]) -> None:
    found = read_prompt(prompt, cast=CAST).not_understood
    # Small words shared with English may be read; content words are all there.
    assert [word for word in words if word not in found and word != "über"] == []
    assert set(found) <= set(words)


@pytest.mark.parametrize(
    "prompt", ["海の上を飛ぶ三匹の羊", "Drei Schafe fliegen über das Meer", "خروف يطير فوق البحر"]
)
def test_says_that_english_is_read(prompt: str) -> None:
    assert any("English" in note for note in read_prompt(prompt, cast=CAST).notes)


@pytest.mark.parametrize(
    ("prompt", "absent"),
    [
        ("three sheep without clouds", "cloud"),
        ("a cat and no dogs", "dog"),
        ("no dogs, cats or wolves, only bunnies hopping in the meadow", "cat"),
        ("cats but not dogs", "dog"),
        ("a dog, but please don't show the moon", "moon"),
        ("a sheep without cats and dogs", "dog"),
    ],
)
def test_never_shows_what_was_negated(prompt: str, absent: str) -> None:
    board = read_prompt(prompt, cast=CAST)
    assert board.actors
    assert absent not in {actor.kind for actor in board.actors}
    assert board.not_understood == ()


def test_a_negated_unknown_thing_is_understood() -> None:
    board = read_prompt("no goblins, just a calm meadow with two sheep, not scary", cast=CAST)
    assert board.not_understood == ()
    assert [cue(actor) for actor in board.actors] == ["2 sheep"]
    assert "Left out, as you asked: goblins, scary." in board.notes


def test_a_number_ends_a_negation() -> None:
    assert [cue(actor) for actor in read_prompt("no rain, three sheep", cast=CAST).actors] == ["3 sheep"]


@pytest.mark.parametrize(
    ("prompt", "weather"),
    [
        ("a sheep in the rain", "rain"),
        ("it is snowing on a cat", "snow"),
        ("a foggy forest", "fog"),
        ("a windy beach", "wind"),
        ("a cloudy meadow", "cloudy"),
        ("a meadow with no rain", "clear"),
        ("a cat, but not a cloudy sky", "clear"),
    ],
)
def test_weather(prompt: str, weather: str) -> None:
    assert read_prompt(prompt, cast=CAST).setting.weather == weather


@pytest.mark.parametrize(
    ("prompt", "time"),
    [
        ("a sheep at night", "night"),
        ("a sheep at sunset", "dusk"),
        ("a sheep in the early morning", "dawn"),
        ("a forest in the afternoon", "day"),
        ("an owl in the moonlit forest", "night"),
    ],
)
def test_time_of_day(prompt: str, time: str) -> None:
    assert read_prompt(prompt, cast=CAST).setting.time == time


def test_says_when_a_setting_lacks_the_time() -> None:
    board = read_prompt("space at noon", cast=CAST)
    assert board.setting.time == "night"
    assert "There is no day in space yet, so it is night." in board.notes


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("a cat, zoom in", "push"),
        ("a cat, then zoom out", "pull"),
        ("fly into the dream with a cat", "into"),
        ("a cat, still camera", "still"),
        ("no camera movement, a cat", "still"),
        ("a slow pan over a meadow", "drift"),
        ("a cat", "auto"),
    ],
)
def test_camera(prompt: str, camera: str) -> None:
    assert read_prompt(prompt, cast=CAST).camera == camera


@pytest.mark.parametrize(
    ("prompt", "reaction"),
    [("a cat, she smiles", "smile"), ("a cat, no smile", "none"), ("a cat, she sleeps peacefully", "calm")],
)
def test_reaction(prompt: str, reaction: str) -> None:
    assert read_prompt(prompt, cast=CAST).reaction == reaction


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [
        ("a silly cat", "silly"),
        ("a magical forest", "wondrous"),
        ("a cosy bedroom", "cosy"),
        ("a cat", "calm"),
    ],
)
def test_mood(prompt: str, mood: str) -> None:
    assert read_prompt(prompt, cast=CAST).mood == mood


def test_caps_a_crowd_and_says_so() -> None:
    board = read_prompt("hundreds of stars", cast=CAST)
    assert board.actors[0].count == 12
    assert any("12" in note and "100" in note for note in board.notes)


def test_a_stand_in_is_told() -> None:
    board = read_prompt("a horse", cast=CAST)
    assert board.actors[0].kind == "unicorn"
    assert "There is no horse in the cast yet, so a unicorn plays its part." in board.notes


def test_nothing_known_is_a_calm_night_sky() -> None:
    board = read_prompt("quantum chromodynamics", cast=CAST)
    assert (board.setting.kind, board.setting.time, board.mood) == ("night_sky", "night", "calm")
    assert {actor.kind for actor in board.actors} == {"moon", "star"}
    assert any("night sky" in note for note in board.notes)
    assert board.not_understood == ("quantum", "chromodynamics")


def test_two_settings_cannot_share_a_picture() -> None:
    board = read_prompt("a cat in the forest and a dog on the beach", cast=CAST)
    assert board.setting.kind == "forest"
    assert any("beach" in note for note in board.notes)


def test_frightening_words_are_left_out_aloud() -> None:
    notes = read_prompt("a spooky castle", cast=CAST).notes
    assert any("spooky" in note and "gentle" in note for note in notes)


@pytest.mark.parametrize("prompt", ["", " \n\t", "...!?", "’’ -- ,", "\u200d\ufe0f", "\x00"])
def test_an_empty_dream(prompt: str) -> None:
    with pytest.raises(EmptyPrompt, match="no words"):
        read_prompt(prompt, cast=CAST)


def test_a_dream_as_long_as_a_book() -> None:
    with pytest.raises(UsageError, match=str(LONGEST_PROMPT)):
        read_prompt("sheep " * 20_000, cast=CAST)
    assert read_prompt(("sheep " * 400)[:LONGEST_PROMPT], cast=CAST).actors


@pytest.mark.parametrize(
    ("word", "first"),
    [("shep", "sheep"), ("unicron", "unicorn"), ("bunnie", "rabbit"), ("lion", "cat"), ("Puppies", "dog")],
)
def test_suggests_what_is_near(word: str, first: str) -> None:
    assert suggest(word, cast=CAST)[0] == first


def test_suggests_nothing_for_nonsense() -> None:
    assert suggest("zzqx", cast=CAST) == []
    assert suggest("", cast=CAST) == []


_words = st.sampled_from(
    [
        "a",
        "an",
        "the",
        "no",
        "not",
        "and",
        "or",
        ",",
        ".",
        "with",
        "over",
        "under",
        "on",
        "in",
        "who",
        "that",
        "is",
        "are",
        "she",
        "Anna",
        "3",
        "dozen",
        "pink",
        "light",
        "big",
        "flying",
        "fly",
        "sheep",
        "baby",
        "moon",
        "sea",
        "forest",
        "wugs",
        "teddy",
        "bear",
        "🐑",
        "'",
        "-",
        "night",
        "smile",
        "zoom",
        "into",
        "dream",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(_words, max_size=30).map(" ".join)))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    try:
        board = read_prompt(text, cast=CAST)
    except UsageError:
        return
    assert board == read_prompt(text, cast=CAST)
    check_storyboard(board, CAST)
    present = {actor.kind for actor in board.actors}
    assert all(actor.to not in CAST.actors or actor.to in present for actor in board.actors)


def test_storyboard_json_round_trip() -> None:
    board = read_prompt("four pink and blue butterflies flying around a wug at sunset, zoom in", cast=CAST)
    assert Storyboard.model_validate_json(board.model_dump_json()) == board


@pytest.mark.parametrize(
    ("board", "sentence"),
    [
        (Storyboard(actors=(ActorCue(kind="sheeps"),)), "actor “sheeps”.*try sheep"),
        (Storyboard(setting=SettingCue(kind="forrest")), "setting “forrest”.*try forest"),
        (Storyboard(actors=(ActorCue(kind="cat", action="dancing"),)), "action “dancing”.*try dance"),
        (Storyboard(actors=(ActorCue(kind="cat", colour="pinkish"),)), "colour “pinkish”.*try pink"),
    ],
)
def test_an_edited_storyboard_is_checked(board: Storyboard, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        check_storyboard(board, CAST)


def test_colours_have_values() -> None:
    names = list(table("colours", "colours"))
    assert len(names) >= 24
    assert all(re.fullmatch("#[0-9a-f]{6}", colour_value(name)) for name in names)
    assert colour_value("#A1b2C3") == "#a1b2c3"
    assert len(set(colour_values("rainbow"))) == 6
    with pytest.raises(BadParameter, match="wugs"):
        colour_value("wugs")


def test_shades_move_toward_light_and_dark() -> None:
    def lightness(name: str) -> int:
        value = colour_value(name)
        return sum(int(value[i : i + 2], 16) for i in (1, 3, 5))

    assert lightness("light blue") > lightness("blue") > lightness("dark blue")


@pytest.mark.parametrize(
    ("noun", "plural"),
    [
        ("sheep", "sheep"),
        ("butterfly", "butterflies"),
        ("wolf", "wolves"),
        ("mouse", "mice"),
        ("box", "boxes"),
        ("teddy bear", "teddy bears"),
        ("bottle of milk", "bottles of milk"),
        ("toy", "toys"),
    ],
)
def test_plurals(noun: str, plural: str) -> None:
    assert plural in plurals(noun)


@pytest.mark.parametrize(
    ("base", "form"),
    [
        ("fly", "flew"),
        ("fly", "flown"),
        ("fly", "flies"),
        ("swim", "swimming"),
        ("run", "ran"),
        ("dance", "danced"),
        ("hop", "hopped"),
        ("hop", "hopping"),
        ("float", "floating"),
        ("carry", "carried"),
        ("jump", "jumps"),
    ],
)
def test_verb_forms(base: str, form: str) -> None:
    forms = verb_forms(base)
    assert form in {*forms.third, *forms.past, *forms.ing}
