"""Finance's pages, and everybody's own pay."""
