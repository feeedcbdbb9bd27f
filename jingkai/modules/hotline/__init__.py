"""12345 work orders: each becomes a case with one named person, answered back to the line."""
