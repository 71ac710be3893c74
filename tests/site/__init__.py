"""The command line, the day's run and the workers."""
