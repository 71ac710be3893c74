"""What to do today? `make_plan` gives every due step exactly one outcome."""
