"""Possible duplicates in the Wagtail admin: a list per territory, two listings side by side, merging, taking it back."""
