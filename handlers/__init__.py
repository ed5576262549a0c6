"""What the desk does: rules and words, without network, SQL or platform."""
