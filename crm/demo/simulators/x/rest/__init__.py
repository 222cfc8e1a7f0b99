"""The API as an app sees it: REST v2."""
