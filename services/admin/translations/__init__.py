"""Translations in the admin: a board a language, a page to translate one listing, files for translators and back."""
