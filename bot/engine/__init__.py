"""The engine: works off what came in, gets what must be got, tells what was promised, and acts when moments come."""
