"""HOW does a message leave? One folder per channel, one registry, one way to hand over."""
