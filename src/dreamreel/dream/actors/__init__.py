"""The actors, one small file each: `ACTOR = Actor(...)`. Adding an actor is adding a file."""

__all__: list[str] = []
