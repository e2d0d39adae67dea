"""Search in the Wagtail admin: the concepts, and what was asked in vain; registered by search.wagtail_hooks."""
