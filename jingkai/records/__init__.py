"""Files, seals, document numbers and typesetting."""
