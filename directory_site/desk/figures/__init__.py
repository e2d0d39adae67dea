"""The coordinator's page: workload, outcomes, needs and barriers, as tables and files."""
