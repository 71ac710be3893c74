"""What do we want? Scenarios and the contact policy."""
