"""What is taken in, what is refused and why, and who may read it."""
