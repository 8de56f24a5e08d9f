"""The commands and how they print; enters a word of the command line."""
