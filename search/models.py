"""Search keeps its state in the index folder; nothing of it is in the database yet."""
