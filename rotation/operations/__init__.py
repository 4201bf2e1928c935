"""Writes of rotations, drafts, the published schedule and sync runs: one function per intention."""
