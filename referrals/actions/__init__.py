"""Every write of the desk: keyword-only, `by=` a user, one transaction, its access or event row inside."""
