"""From a call to what became of it: person, call, need, orientation, follow-up, and who saw what."""
