"""The steps of a work order on the case page."""
