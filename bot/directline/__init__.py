"""Direct Line 3.0, served by Zoe herself: tokens, conversations, activities, the stream."""
