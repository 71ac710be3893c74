"""How do the characters of a file become days, amounts and names? Nothing here knows what they are about."""
