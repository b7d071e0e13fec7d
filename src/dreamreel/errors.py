"""Everything a user can be told: one class per failure, each with its exit code.

A message says what happened, to which input, and what to do next. Only the command line and the
studio turn these into text or JSON; a traceback never reaches a user.

    DreamreelError                    exit
    ├── RenderFailed                  1     the work itself failed
    ├── UsageError                    2     a wrong option or value
    │   ├── EmptyPrompt
    │   ├── BadDuration
    │   ├── BadSize
    │   ├── BadTime
    │   ├── BadParameter
    │   ├── OutputIsInput
    │   ├── NotFound
    │   └── Conflict
    ├── InputRejected                 3     the input cannot be used
    │   ├── InputMissing
    │   ├── NotMedia
    │   ├── UnsafeMedia
    │   ├── DamagedMedia
    │   ├── ProtectedMedia
    │   ├── TooLarge
    │   ├── RecipeInvalid
    │   ├── NoRecipe
    │   └── BadWeights
    ├── CapabilityMissing             4     this installation lacks something
    │   ├── EncoderMissing
    │   ├── EngineMissing
    │   ├── ModelMissing
    │   ├── DatabaseTooNew
    │   └── StudioUnavailable
    ├── OutputFailed                  5     the output cannot be written
    │   ├── NoSpace
    │   ├── NotWritable
    │   ├── StudioInUse
    │   └── WillNotFit
    ├── Incomplete                    6     part of the work was done
    └── Cancelled                     130   stopped by the user; resumable
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "BadDuration",
    "BadParameter",
    "BadSize",
    "BadTime",
    "BadWeights",
    "Cancelled",
    "CapabilityMissing",
    "Conflict",
    "DamagedMedia",
    "DatabaseTooNew",
    "DreamreelError",
    "EmptyPrompt",
    "EncoderMissing",
    "EngineMissing",
    "Incomplete",
    "InputMissing",
    "InputRejected",
    "ModelMissing",
    "NoRecipe",
    "NoSpace",
    "NotFound",
    "NotMedia",
    "NotWritable",
    "OutputFailed",
    "OutputIsInput",
    "ProtectedMedia",
    "RecipeInvalid",
    "RenderFailed",
    "StudioInUse",
    "StudioUnavailable",
    "TooLarge",
    "UnsafeMedia",
    "UsageError",
    "WillNotFit",
]


class DreamreelError(Exception):
    """Base of every failure a user can see. `str(error)` is one clear sentence with the way out."""

    exit_code: ClassVar[int] = 1


class RenderFailed(DreamreelError):
    """The render itself failed: an encoder, a filter or a worker gave up."""


class UsageError(DreamreelError):
    """A wrong option, argument or value."""

    exit_code = 2


class EmptyPrompt(UsageError):
    """The dream has no words in it."""


class BadDuration(UsageError):
    """A duration outside the allowed range."""


class BadSize(UsageError):
    """A picture size that cannot be made."""


class BadTime(UsageError):
    """A text or number that is not a time, a rate or a span."""


class BadParameter(UsageError):
    """A parameter of an op outside its range, or of the wrong kind for this clip."""


class OutputIsInput(UsageError):
    """The output would overwrite an input; originals are never modified."""


class NotFound(UsageError):
    """No job, item, upload or page of that name in the studio."""


class Conflict(UsageError):
    """Something in the studio is not in a state that allows this."""


class InputRejected(DreamreelError):
    """An input that cannot be used."""

    exit_code = 3


class InputMissing(InputRejected):
    """No such file, or a folder where a file was expected."""


class NotMedia(InputRejected):
    """A file that holds no picture, video or sound this program reads."""


class UnsafeMedia(InputRejected):
    """A playlist or script in disguise, or a container that could make the reader open other files."""


class DamagedMedia(InputRejected):
    """A truncated or corrupt file."""


class ProtectedMedia(InputRejected):
    """A file that is encrypted for a shop's players."""


class TooLarge(InputRejected):
    """A picture or clip beyond the limits that memory allows."""


class RecipeInvalid(InputRejected):
    """A recipe that is not JSON, has the wrong schema, or names an unknown op."""


class NoRecipe(InputRejected):
    """A file that carries no recipe."""


class BadWeights(InputRejected):
    """A file of weights that is damaged, that was changed, or that no network here can use."""


class CapabilityMissing(DreamreelError):
    """Something this installation lacks."""

    exit_code = 4


class EncoderMissing(CapabilityMissing):
    """No encoder for the wanted format in this installation."""


class EngineMissing(CapabilityMissing):
    """An engine that is unknown or not installed."""


class ModelMissing(CapabilityMissing):
    """Weights that are not installed, or a runtime that they need."""


class DatabaseTooNew(CapabilityMissing):
    """The studio's data were written by a newer program."""


class StudioUnavailable(CapabilityMissing):
    """No studio is running, or it does not answer."""


class OutputFailed(DreamreelError):
    """The output cannot be written."""

    exit_code = 5


class NoSpace(OutputFailed):
    """The disk is full."""


class NotWritable(OutputFailed):
    """The output folder does not exist or is read-only."""


class StudioInUse(OutputFailed):
    """Another studio uses this data folder or this port."""


class WillNotFit(OutputFailed):
    """The pre-flight estimate says the work cannot fit in memory or on the disk."""


class Incomplete(DreamreelError):
    """Part of the work was done and kept."""

    exit_code = 6


class Cancelled(DreamreelError):
    """Stopped by the user; finished segments are kept."""

    exit_code = 130
