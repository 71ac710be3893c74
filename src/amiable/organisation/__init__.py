"""WHO are we? Creditors (legal entities), members, roles, and the audit trail."""
