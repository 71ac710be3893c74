"""Settings, addresses, tasks, schedule, command line: where the clock and the environment are read."""
