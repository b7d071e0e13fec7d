"""A cast of words alone, so that the grammar is tested without a single picture."""

from __future__ import annotations

from dreamreel.dream.cast import ActionWords, ActorWords, Cast, SettingWords

__all__ = ["CAST"]

CAST = Cast(
    actors={
        "sheep": ActorWords(
            ("sheep", "lamb", "ewe"), ("🐑",), "ground", "walk", settings=("meadow", "night_sky")
        ),
        "cat": ActorWords(("cat", "kitten"), ("🐱",), "ground", "walk", settings=("bedroom", "meadow")),
        "dog": ActorWords(("dog", "puppy"), ("🐶",), "ground", "run", settings=("meadow",)),
        "rabbit": ActorWords(("rabbit", "bunny"), ("🐰",), "ground", "hop", settings=("meadow", "forest")),
        "teddy_bear": ActorWords(("teddy bear", "teddy"), ("🧸",), "ground", "walk", settings=("bedroom",)),
        "elephant": ActorWords(("elephant",), ("🐘",), "ground", "walk", settings=("meadow",)),
        "unicorn": ActorWords(("unicorn",), ("🦄",), "ground", "run", settings=("candy_land", "meadow")),
        "whale": ActorWords(("whale",), ("🐳",), "water", "swim", settings=("open_sea", "underwater")),
        "fish": ActorWords(("fish",), ("🐟",), "water", "swim", settings=("underwater",)),
        "bird": ActorWords(("bird",), ("🐦",), "air", "fly", settings=("meadow", "forest")),
        "owl": ActorWords(("owl",), ("🦉",), "air", "fly", settings=("forest",)),
        "butterfly": ActorWords(("butterfly",), ("🦋",), "air", "fly", settings=("meadow",)),
        "duck": ActorWords(("duck",), ("🦆",), "water", "swim", settings=("open_sea",)),
        "dinosaur": ActorWords(("dinosaur",), ("🦕",), "ground", "walk", settings=("forest",)),
        "moon": ActorWords(("moon",), ("🌙",), "sky", "float", False, ("night_sky", "space")),
        "star": ActorWords(("star",), ("⭐",), "sky", "float", False, ("night_sky", "space")),
        "sun": ActorWords(("sun",), ("☀",), "sky", "float", False, ("meadow",)),
        "cloud": ActorWords(("cloud",), ("☁",), "sky", "float", False, ("night_sky",)),
        "rainbow": ActorWords(("rainbow",), ("🌈",), "sky", "float", False, ("meadow",)),
        "rocket": ActorWords(("rocket", "spaceship"), ("🚀",), "space", "fly", False, ("space",)),
        "hot_air_balloon": ActorWords(
            ("hot-air balloon", "balloon"), ("🎈",), "air", "float", False, ("night_sky",)
        ),
        "milk_bottle": ActorWords(("milk bottle",), ("🍼",), "ground", "dance", False, ("bedroom",)),
        "ball": ActorWords(("ball",), ("⚽",), "ground", "jump", False, ("meadow",)),
        "toy_train": ActorWords(("toy train", "train"), ("🚂",), "ground", "run", False, ("bedroom",)),
        "boat": ActorWords(("boat", "ship"), ("⛵",), "water", "float", False, ("open_sea",)),
        "castle": ActorWords(("castle",), ("🏰",), "ground", "float", False, ("candy_land",)),
        "tree": ActorWords(("tree",), ("🌳",), "ground", "float", False, ("forest",)),
        "flower": ActorWords(("flower",), ("🌸",), "ground", "dance", False, ("meadow",)),
        "heart": ActorWords(("heart",), ("❤",), "air", "float", False, ("candy_land",)),
        "baby": ActorWords(("baby",), ("👶",), "ground", "sleep", settings=("bedroom",)),
    },
    actions={
        "fly": ActionWords(("fly", "soar", "glide")),
        "float": ActionWords(("float", "drift", "hover")),
        "swim": ActionWords(("swim", "dive", "paddle")),
        "walk": ActionWords(("walk", "stroll", "march")),
        "run": ActionWords(("run", "race", "gallop")),
        "jump": ActionWords(("jump", "leap", "bounce")),
        "hop": ActionWords(("hop", "skip")),
        "dance": ActionWords(("dance", "twirl", "waltz")),
        "spin": ActionWords(("spin", "turn", "roll")),
        "sleep": ActionWords(("sleep", "nap", "snooze"), adjectives=("asleep",)),
        "sing": ActionWords(("sing", "hum")),
        "play": ActionWords(("play",)),
    },
    settings={
        "night_sky": SettingWords(("night sky",), times=("night", "dusk"), parts=("clouds", "stars")),
        "meadow": SettingWords(
            ("meadow", "field"), times=("day", "dawn", "dusk", "night"), parts=("grass", "hill")
        ),
        "forest": SettingWords(("forest", "woods"), times=("day", "dawn", "dusk", "night"), parts=("path",)),
        "beach": SettingWords(
            ("beach", "shore"), times=("day", "dusk", "night"), parts=("sand", "sea", "waves")
        ),
        "open_sea": SettingWords(
            ("open sea", "sea", "ocean"), times=("day", "dusk", "night"), parts=("sea", "waves")
        ),
        "underwater": SettingWords(
            ("underwater", "under the sea"), times=("day", "night"), parts=("reef", "seaweed")
        ),
        "space": SettingWords(("space", "outer space", "galaxy"), times=("night",), parts=("planet",)),
        "snow_field": SettingWords(("snow field",), times=("day", "dusk", "night"), parts=("snow",)),
        "bedroom": SettingWords(
            ("bedroom", "nursery"), times=("night", "day"), parts=("bed", "window", "rug")
        ),
        "candy_land": SettingWords(
            ("candy land",), times=("day", "dusk", "night"), parts=("lollipop", "candy")
        ),
    },
)
