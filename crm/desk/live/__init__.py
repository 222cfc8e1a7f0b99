"""Live updates: a process of its own reads the events once and tells every browser which ids changed, nothing more.

The page fetches what it shows again. What travels (static/js/live.js hears it):
    id: <boot>-<number>   event: changed   data: {"topics": ["case:48107", "queues", "strip", "bell"]}, null = all
    event: here   data: {"all": false, "here": {"48107": [[12, "t"]]}}, who looks (v), types (t), answers (a), by id
    event: beat           data: {"now": "…", "sweep_age": 2}
"""
