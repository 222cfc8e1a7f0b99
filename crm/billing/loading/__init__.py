"""Files of facts into the tables: read, staged by COPY, judged row by row in SQL, written where they differ."""
