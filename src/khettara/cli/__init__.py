"""The one command. A command parses, calls one function of its room, prints: results to stdout, progress to stderr."""
