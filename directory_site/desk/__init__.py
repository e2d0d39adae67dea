"""The agents' desk: one screen for a call, what is due, persons, sending, figures. Everything here is for who signed in."""
