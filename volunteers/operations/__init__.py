"""Writes of people, applications, terms and absences: one function per intention."""
