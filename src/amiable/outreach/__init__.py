"""WHAT was said, to whom, how? Composition, channels, messages, and every touch."""
