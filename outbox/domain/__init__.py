"""Rules of messages without a framework: which kinds there are, and how a letter looks."""
