"""Text to suggestion: type, urgency and nature of a request, and the fields a message states."""
