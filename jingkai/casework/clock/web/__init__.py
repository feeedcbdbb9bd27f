"""Pages of clocks: what a calendar moves, extensions, cards."""
