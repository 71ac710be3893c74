"""A living company to look at: a creditor and its customers, simulated day by day through the real system."""
