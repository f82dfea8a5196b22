"""The chat's own pages: the full-page chat, its token, the widget's files."""
