"""Texts for translators and back: XLIFF 1.2 and CSV files, a plan before anything is written, a report afterwards."""
