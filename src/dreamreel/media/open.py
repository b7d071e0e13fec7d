"""The one door: every media file is opened here, for reading and for writing.

A file is not what its name says. A text called `x.mp4` can be a playlist that makes FFmpeg read another file or the
network (CVE-2016-1898, CVE-2017-9993), so demuxers and protocols are a whitelist, and the head of the file is looked
at first so that the refusal can say what it is.

    path ─► there? a file? not empty? ─► head: a playlist? ─► FFmpeg, whitelisted ─► InputContainer
              InputMissing   NotMedia       UnsafeMedia         DamagedMedia, NotMedia
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import av
import av.error
from av.container import InputContainer, OutputContainer

from dreamreel.errors import DamagedMedia, DreamreelError, InputMissing, NotMedia, RenderFailed, UnsafeMedia

__all__ = ["DEMUXERS", "HEAD_BYTES", "check_input", "known_format", "open_media", "open_output", "read_head"]

DEMUXERS = (
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "mpegts", "mpeg", "mpegvideo", "m4v", "h264", "hevc",
    "obu", "av1", "ivf", "vc1", "dirac", "mjpeg", "avi", "flv", "asf", "ogg", "wav", "w64", "mp3", "flac", "aac", "ac3",
    "eac3", "dts", "dtshd", "truehd", "aiff", "caf", "au", "amr", "amrnb", "amrwb", "wv", "tta", "ape", "dsf", "iff",
    "mpc", "mpc8", "tak", "oma", "voc", "xwma", "nut", "mxf", "gxf", "dv", "rm", "wtv", "yuv4mpegpipe",
    "gif", "apng", "webp_pipe", "png_pipe", "jpeg_pipe", "bmp_pipe", "tiff_pipe",
)  # fmt: skip
"""Demuxers that read one file and nothing else. No hls, dash, concat, image2, sdp, rtsp, lavfi, or any playlist."""

HEAD_BYTES = 4096
"""How much of a file is looked at before it is opened."""

_TIMEOUT_S = 30
"""A local disk answers within this, even a network one that wakes up."""

_PLAYLISTS = (
    (b"#extm3u", "an HLS playlist"),
    (b"ffconcat", "a list of other files (ffconcat)"),
    (b"[playlist]", "a playlist"),
    (b"[reference]", "a list of other files"),
    (b"rtsptext", "a stream address"),
    (b"v=0", "a stream description (SDP)"),
    (b";ffmetadata", "an FFmpeg script"),
    (b"#!", "a script"),
    (b"<?xml", "an XML document"),
    (b"<mpd", "a DASH playlist"),
    (b"<smil", "a playlist"),
    (b"<asx", "a playlist"),
    (b"<svg", "an SVG drawing"),
    (b"<html", "a web page"),
    (b"<!doctype", "a web page"),
)

_MAGIC = (
    (4, b"ftyp", "MP4"), (4, b"moov", "MP4"), (4, b"mdat", "MP4"), (4, b"wide", "MP4"), (4, b"free", "MP4"),
    (0, b"\x1aE\xdf\xa3", "Matroska"), (8, b"AVI ", "AVI"), (8, b"WAVE", "WAV"), (8, b"WEBP", "WebP"),
    (0, b"OggS", "Ogg"), (0, b"fLaC", "FLAC"), (0, b"ID3", "MP3"), (0, b"FLV\x01", "FLV"),
    (0, b"\x30\x26\xb2\x75", "ASF"), (0, b"GIF8", "GIF"), (0, b"\x89PNG", "PNG"), (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x00\x00\x01\xba", "MPEG"), (0, b"\x00\x00\x01\xb3", "MPEG"), (0, b"FORM", "AIFF"), (0, b"caff", "CAF"),
    (0, b"nut/multimedia", "NUT"), (0, b"wvpk", "WavPack"), (0, b"TTA1", "True Audio"), (0, b"MAC ", "Monkey's Audio"),
    (0, b"DSD ", "DSF"), (0, b"MPCK", "Musepack"), (0, b"MP+", "Musepack"), (0, b".snd", "Sun audio"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"), (0, b"#!AMR", "AMR"), (0, b".RMF", "RealMedia"),
    (0, b"\x06\x0e\x2b\x34", "MXF"), (0, b"DKIF", "IVF"),
    (0, b"BM", "BMP"), (0, b"II*\x00", "TIFF"), (0, b"MM\x00*", "TIFF"),
)  # fmt: skip


def open_media(path: Path, *, repair_times: bool = False) -> InputContainer:
    """Open `path` for reading; use it as a context manager, because an unclosed container leaks.

    `repair_times` makes up the presentation times that AVI and raw streams lack, for packets that are copied.
    Raises `InputMissing` (no such file, a folder, not readable), `NotMedia` (empty, a text …), `UnsafeMedia` (a
    playlist or script, whatever its name) or `DamagedMedia` (a known format that is truncated or broken).
    """
    head = check_input(path)
    if head.startswith(b"%PDF-"):
        # FFmpeg would play the first JPEG in it.
        raise NotMedia(
            f"{path.name} is a PDF document, not a film or photo; `dreamreel convert {path.name} -o page.png` makes "
            "pictures of its pages."
        )
    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(DEMUXERS)}
    if repair_times:
        options["fflags"] = "+genpts"
    try:
        # The explicit protocol keeps a name such as `concat:a|b.mp4` or `http:x.mp4` the name of a file.
        container = av.open(
            f"file:{path.absolute()}",
            "r",
            # By its suffix FFmpeg would take a JPEG for one of a sequence, and look for files beside it.
            format="jpeg_pipe" if head.startswith(b"\xff\xd8\xff") else None,
            options=options,
            timeout=_TIMEOUT_S,
            metadata_errors="surrogateescape",
        )
    except (av.error.FFmpegError, OSError) as error:
        raise _refusal(path, head) from error
    if not any(stream.type in ("video", "audio") and stream.codec_context for stream in container.streams):
        container.close()
        raise _refusal(path, head)
    return container


def check_input(path: Path) -> bytes:
    """The first `HEAD_BYTES` of `path`, after everything that can be refused without FFmpeg was refused.

    Raises `InputMissing`, `NotMedia` or `UnsafeMedia`.
    """
    head = read_head(path)
    _check_playlist(path, head)
    return head


def read_head(path: Path) -> bytes:
    """The first `HEAD_BYTES` of the file `path`, whatever it holds. Raises `InputMissing`, and `NotMedia` for a device
    or an empty file.
    """
    if not path.exists():
        raise InputMissing(f"{path.name} was not found; check the name and the folder.")
    if path.is_dir():
        raise InputMissing(f"{path.name or path} is a folder; name one of the files in it.")
    if not path.is_file():
        raise NotMedia(f"{path.name} is a device, not a file; copy what it holds to a file first.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise InputMissing(
            f"{path.name} cannot be read ({error.strerror}); check its permissions."
        ) from error
    if not head:
        raise NotMedia(f"{path.name} is empty; copy or download it again.")
    return head


def known_format(head: bytes) -> str | None:
    """The format whose magic number `head` begins with, or None."""
    for offset, magic, name in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return name
    return "MPEG-TS" if len(head) > 376 and head[0] == head[188] == head[376] == 0x47 else None


def open_output(path: Path, muxer: str, options: Mapping[str, str]) -> OutputContainer:
    """Open `path` for writing with the given muxer and its `options`. Raises `RenderFailed` for an unknown muxer.

    Write only inside `atomic_write`, which also turns disk errors into their sentences.
    """
    try:
        return av.open(f"file:{path.absolute()}", "w", format=muxer, options=dict(options),
                       metadata_errors="surrogateescape")  # fmt: skip
    except (av.error.FFmpegError, ValueError) as error:
        raise RenderFailed(f"{path.name} cannot be written as {muxer}: {error}.") from error


def _check_playlist(path: Path, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, what in _PLAYLISTS:
        if text.startswith(start) and not text.startswith(b"#!amr"):
            raise UnsafeMedia(
                f"{path.name} is {what}, which could make the program open other files or addresses; "
                "use the video, sound or picture file itself."
            )


def _refusal(path: Path, head: bytes) -> DreamreelError:
    if name := known_format(head):
        return DamagedMedia(
            f"{path.name} starts like {name} but is truncated or damaged; copy or download it again."
        )
    if not head.translate(None, bytes(range(0x20, 0x7F)) + b"\t\r\n\x0c"):
        return NotMedia(f"{path.name} is a text, not a picture, video or sound; choose a media file.")
    return NotMedia(
        f"{path.name} is not a picture, video or sound this program reads; convert it to MP4, PNG or WAV."
    )
