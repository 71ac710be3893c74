"""DECIDES. Pure: no Django, clock, disk, network or unseeded randomness."""
