"""The numbers that pages rest on: the snapshot, periods, changes, lines; enters a pure function of stored
series, without words and colours.
"""
