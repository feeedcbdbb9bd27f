"""The way out of the house, and the frame of the stand-ins that play the systems outside."""
