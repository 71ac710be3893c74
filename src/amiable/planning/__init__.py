"""WHAT next, and why? Policy versions, daily plans, steps and tasks: the shell around the core."""
