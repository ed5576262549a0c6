"""Every sentence people read, apart from what policy.toml asks."""
