"""Tables of parties."""

from jingkai.kernel.parties.models.encrypted import EncryptedTextField
from jingkai.kernel.parties.models.party import Party, Person, Representation

__all__ = ["EncryptedTextField", "Party", "Person", "Representation"]
