"""What the command line's vendor says of a mistyped command, in the words of the catalogues."""

from __future__ import annotations

import re

from bot.words import Words, one_line

# The end of each key below `cli.usage`, for the vendor's sentences. One that it words anew is shown as it is.
_SENTENCES = (
    ("command_meant", re.compile(r"No such command '(?P<name>.*)'\. Did you mean (?P<meant>.+)\?")),
    ("command", re.compile(r"No such command '(?P<name>.*)'\.?")),
    ("option_meant", re.compile(r"No such option: (?P<name>\S+) \(Possible options: (?P<meant>.+)\)")),
    ("option_meant", re.compile(r"No such option: (?P<name>\S+?)\.? Did you mean '?(?P<meant>[^' ]+)'?\?")),
    ("option", re.compile(r"No such option: (?P<name>\S+)")),
    ("value", re.compile(r"Option '(?P<name>[^']+)' requires an argument\.?")),
    ("no_value", re.compile(r"Option '(?P<name>[^']+)' does not take a value\.?")),
    ("missing", re.compile(r"Missing (?:argument|option|parameter) '(?P<name>[^']+)'\.?")),
    ("extra", re.compile(r"Got unexpected extra argument\(s\) \((?P<name>.*)\)")),
    ("whole", re.compile(r"Invalid value for '(?P<name>[^']+)': Input should be a valid integer.*")),
    ("least", re.compile(r"Invalid value for '(?P<name>[^']+)': Input should be greater than or equal to (?P<n>\d+)")),
    ("most", re.compile(r"Invalid value for '(?P<name>[^']+)': Input should be less than or equal to (?P<n>\d+)")),
)


def explained(message: str, words: Words) -> str:
    """Return what was mistyped, on one line without a full stop."""
    line = one_line(message)
    for key, sentence in _SENTENCES:
        if match := sentence.fullmatch(line):
            return words.say(f"cli.usage.{key}", **match.groupdict())
    return line.rstrip(".")
