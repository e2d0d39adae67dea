"""My day: what is due, overdue first; incoming calls; what became of it."""
