"""Tests that speak as users."""
