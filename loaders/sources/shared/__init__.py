"""What several providers share: daily values, yearly national tables, sea temperature; enters what at least
two of them use.
"""
