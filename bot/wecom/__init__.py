"""The WeCom side: callbacks to values, messages to payloads, calls, and nothing that decides."""
