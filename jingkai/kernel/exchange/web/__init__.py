"""The administrator's pages of the door."""
