"""The client of platforms that prove identities."""
