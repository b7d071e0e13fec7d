"""Where dreams play, one small file each: `SETTING = Setting(...)`. Adding a setting is adding a file."""

__all__: list[str] = []
