"""What the product remembers: the only package that speaks SQL."""
