"""The public forms: report a mistake on a listing, suggest one that is missing, and see what became of it."""
