"""Feishu: what comes from it, what goes to it. Only sdk.py touches lark_oapi."""
