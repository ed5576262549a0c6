"""The life of a request, one noun a file."""
