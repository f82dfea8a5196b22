"""The `zoe` command: the one place that knows every package, because it wires their processes."""
