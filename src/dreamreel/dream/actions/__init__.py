"""What actors can do, one small file each: `ACTION = Action(...)`. Adding an action is adding a file."""

__all__: list[str] = []
