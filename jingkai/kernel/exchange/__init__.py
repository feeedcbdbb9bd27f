"""The one door to other systems: what they may ask of us, and every call that leaves the house."""
