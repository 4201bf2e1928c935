"""Writes of rates, entries, pay periods and exports: one function per intention."""
