"""Reads of rates, entries, pay periods and what stops a month from closing."""
