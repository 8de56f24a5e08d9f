"""What exists: the rows of the tables beside this file, their schema and their reading; enters what is true
of a row before anything is fetched.
"""
