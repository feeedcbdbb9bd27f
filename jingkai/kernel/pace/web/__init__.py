"""The security administrator's page of what may be done how often."""
