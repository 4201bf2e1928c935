"""The demo company, made through the product's own operations."""
