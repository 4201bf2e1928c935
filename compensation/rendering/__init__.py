"""Files as bytes: lines go in one after the other, so that a month's length costs no memory."""
