"""What would have happened under a draft: recorded timestamps judged again, by rules that are not in force."""
