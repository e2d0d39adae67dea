"""What each listing needs from its team, recomputed beside it: when to verify it, how urgently, what it lacks."""
