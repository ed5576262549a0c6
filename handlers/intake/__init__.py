"""The guided conversation that collects the five fields."""
