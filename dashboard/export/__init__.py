"""What is carried away: the printed brief and the zip of a view; enters a file that a reader keeps."""
