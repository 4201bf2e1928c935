"""Changes that join apps."""
