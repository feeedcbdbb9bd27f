"""How Chinese names are put in order and found by their sound."""

from jingkai.kernel.hooks.api import syllables


def sort_key(text: str) -> str:
    """Give the syllables of a text in small letters, one space between: the order of a Chinese list."""
    return " ".join(part for part in syllables(text.lower()) if part.strip())


def initials(text: str) -> str:
    """Give the first letter of each character, as people type them to find a name."""
    sounds = (part for character in text.lower() if character.isalnum() for part in syllables(character))
    return "".join(part[:1] for part in sounds)
