"""HSDS 3.0 (JSON, tabular) in and out, HSDS 1.1 (tabular) in; docs/exchange.md says what is read, written and lost."""
