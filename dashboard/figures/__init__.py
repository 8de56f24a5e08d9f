"""Charts: plotly figures from lines and marks; enters a drawing that pages and the brief show, without
Streamlit.
"""
