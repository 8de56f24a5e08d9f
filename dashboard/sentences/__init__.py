"""Figures and readings in sentences: headlines, verdicts, arithmetic, citations; enters what chooses words,
never HTML.
"""
