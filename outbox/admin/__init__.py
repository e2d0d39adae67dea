"""The outbox in the Wagtail admin: a report to read, and one act; registered by outbox.wagtail_hooks."""
